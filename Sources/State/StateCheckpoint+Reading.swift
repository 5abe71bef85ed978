import Storage

extension StateCheckpoint {
    /// The task's own values in the checkpoint of an epoch, without loading state or changing anything.
    public static func attachments(
        of epoch: Int, in directory: String, _ fileSystem: any FileSystem
    ) throws(StateError) -> [String: [UInt8]] {
        let contents = try SegmentContents(
            Path.join(directory, StateFileName.epoch(epoch).text), in: fileSystem)
        return try Manifest(contents.manifest, path: contents.file.path).attachments
    }
}
