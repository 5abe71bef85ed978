import CLibrdkafka

/// The library's list of partitions with an offset each; frees it.
struct PartitionOffsets: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// nil where there is no memory.
    init?(_ topic: String, _ offsets: [(partition: Int, offset: Int64)]) {
        guard let list = rd_kafka_topic_partition_list_new(Int32(offsets.count)) else { return nil }
        pointer = list
        for (partition, offset) in offsets {
            rd_kafka_topic_partition_list_add(list, topic, Int32(partition))?.pointee.offset = offset
        }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// What the library has put in, in the order of the partitions; an error stands for one that has none.
    var answers: [(partition: Int, offset: Int64, code: rd_kafka_resp_err_t)] {
        (0..<Int(pointer.pointee.cnt)).map { index in
            let element = pointer.pointee.elems[index]
            return (Int(element.partition), element.offset, element.err)
        }
    }
}
