import CNghttp2
import Glibc

/// What nghttp2 calls, and how a session is told of it.
enum HTTP2Callbacks {
    /// - Returns: nil without memory.
    static func makeSession(for owner: HTTP2Session) -> OpaquePointer? {
        var callbacks: OpaquePointer?
        var option: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, nghttp2_option_new(&option) == 0 else {
            nghttp2_session_callbacks_del(callbacks)
            return nil
        }
        defer {
            nghttp2_session_callbacks_del(callbacks)
            nghttp2_option_del(option)
        }
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
        nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frameReceived)
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, dataReceived)
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frameSent)
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, streamClosed)
        // Windows grow when handlers have taken what came.
        nghttp2_option_set_no_auto_window_update(option, 1)
        var session: OpaquePointer?
        let context = Unmanaged.passUnretained(owner).toOpaque()
        guard nghttp2_session_server_new2(&session, callbacks, context, option) == 0 else { return nil }
        return session
    }

    /// Submits a head, and that a body follows, which the session is asked for.
    static func submit(
        _ fields: [(String, String)], to session: OpaquePointer, _ id: Int32, isFinal: Bool,
        hasBody: Bool = false
    ) {
        // The texts of all fields one after the other; nghttp2 copies them.
        var text: [UInt8] = []
        for (name, value) in fields {
            text += name.utf8
            text += value.utf8
        }
        text.withUnsafeMutableBufferPointer { text in
            guard var next = text.baseAddress else { return }
            let pairs = fields.map { name, value in
                let (nameCount, valueCount) = (name.utf8.count, value.utf8.count)
                defer { next += nameCount + valueCount }
                return nghttp2_nv(
                    name: next, value: next + nameCount, namelen: nameCount, valuelen: valueCount,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            }
            if !isFinal {
                nghttp2_submit_headers(
                    session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, nil, pairs, pairs.count, nil)
            } else if hasBody {
                var provider = nghttp2_data_provider()
                provider.read_callback = read
                nghttp2_submit_response(session, id, pairs, pairs.count, &provider)
            } else {
                nghttp2_submit_response(session, id, pairs, pairs.count, nil)
            }
        }
    }

    private static func owner(_ context: UnsafeMutableRawPointer?) -> HTTP2Session? {
        context.map { Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, context in
        guard let frame, let owner = owner(context) else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        if isRequest(frame.pointee) { owner.begin(frame.pointee.hd.stream_id) }
        return 0
    }

    private static let header: nghttp2_on_header_callback = {
        _, frame, name, nameCount, value, valueCount, _, context in
        guard let frame, let owner = owner(context) else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        // Trailers tell nothing here.
        guard isRequest(frame.pointee) else { return 0 }
        let name = String(decoding: UnsafeBufferPointer(start: name, count: nameCount), as: UTF8.self)
        let value = String(decoding: UnsafeBufferPointer(start: value, count: valueCount), as: UTF8.self)
        let isTaken = owner.add(name, value, frame.pointee.hd.stream_id)
        return isTaken ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
    }

    private static func isRequest(_ frame: nghttp2_frame) -> Bool {
        frame.hd.type == UInt8(NGHTTP2_HEADERS.rawValue) && frame.headers.cat == NGHTTP2_HCAT_REQUEST
    }

    private static let frameReceived: nghttp2_on_frame_recv_callback = { _, frame, context in
        guard let frame, let owner = owner(context) else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        let head = frame.pointee.hd
        let isEnd = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        switch UInt32(head.type) {
        case NGHTTP2_HEADERS.rawValue:
            if isRequest(frame.pointee) { owner.begun(head.stream_id) }
            if isEnd { owner.ended(head.stream_id) }
        case NGHTTP2_DATA.rawValue:
            if isEnd { owner.ended(head.stream_id) } else if head.length == 0 { owner.count(isReset: false) }
        case NGHTTP2_RST_STREAM.rawValue: owner.count(isReset: true)
        // A client that reads much tells so as often.
        case NGHTTP2_WINDOW_UPDATE.rawValue: break
        default: owner.count(isReset: false)
        }
        return 0
    }

    private static let dataReceived: nghttp2_on_data_chunk_recv_callback = {
        _, _, id, bytes, count, context in
        guard let owner = owner(context) else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        owner.append(UnsafeRawBufferPointer(start: bytes, count: count), id)
        return 0
    }

    private static let frameSent: nghttp2_on_frame_send_callback = { _, frame, context in
        guard let frame, let owner = owner(context) else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        let head = frame.pointee.hd
        let type = UInt32(head.type)
        if type == NGHTTP2_HEADERS.rawValue || type == NGHTTP2_DATA.rawValue,
            head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
        {
            owner.answered(head.stream_id)
        }
        return 0
    }

    private static let streamClosed: nghttp2_on_stream_close_callback = { _, id, _, context in
        guard let owner = owner(context) else { return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue }
        owner.closed(id)
        return 0
    }

    private static let read: nghttp2_data_source_read_callback = {
        _, id, target, room, flags, _, context in
        guard let target, let owner = owner(context) else {
            return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
        }
        switch owner.read(id, target, room) {
        case HTTPServer.endOfStream:
            flags?.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
            return 0
        case HTTPServer.endWithError: return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        case 0: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case let count: return count
        }
    }
}
