/// Where decoders find the schemas that messages name by id.
public protocol SchemaSource: AnyObject, Sendable {
    /// The text of the schema with this id if it is an Avro schema; throws why it can't be had.
    func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema

    /// Throws when there is no JSON Schema with this id.
    func checkJSONSchema(id: Int32) throws(DecodeError)
}
