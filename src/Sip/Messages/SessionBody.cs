using Ringwright.Sip.Headers;

namespace Ringwright.Sip.Messages;

/// <summary>What stands in the way of a body.</summary>
public enum BodyFault : byte
{
    None,
    /// <summary>It, or a part of it, must be understood (handling=required) and is not: 415.</summary>
    NotUnderstood,
    /// <summary>It has an encoding that we do not undo: 415 too.</summary>
    Encoded,
    /// <summary>It says multipart, and cannot be taken apart: 400.</summary>
    Malformed,
    /// <summary>More parts, or parts within parts, than anybody needs: 413.</summary>
    TooManyParts,
}

/// <summary>
/// Where the session description of a message is: its body, or the part of a multipart body (RFC 5621) that is one. What else such a body
/// carries is passed over where its sender allows that: by handling=optional, or because a header refers to it by its Content-ID
/// and whoever does not know the header need not know the part.
/// </summary>
public static class SessionBody
{
    private const int LongestBoundary = 70;

    /// <summary>The session description; empty when there is none.</summary>
    public static ReadOnlySpan<byte> Of(SipMessage message)
    {
        var body = message.Body;
        if (body.IsEmpty) return default;
        var type = message.First(SipHeader.ContentType);
        // The header must be there; a peer who left it out means what bodies usually are.
        if (type.IsEmpty) return body;
        if (ContentType.TryParse(type, out var content) is not ParseStatus.Ok || !IsPlain(message.First(SipHeader.ContentEncoding)))
            return default;
        if (content.IsSdp) return body;
        if (!IsMultipart(content)) return default;
        var walk = new Walk();
        walk.Take(body, content, depth: 1);
        return walk.Found;
    }

    /// <summary>Whether a body may be answered at all.</summary>
    /// <param name="isKnown">Whether we understand the type of a body that is not in parts.</param>
    internal static BodyFault Check(SipRequest request, Func<ContentType, bool> isKnown)
    {
        if (request.Body.IsEmpty || IsOptional(request.First(SipHeader.ContentDisposition))) return BodyFault.None;
        if (!IsPlain(request.First(SipHeader.ContentEncoding))) return BodyFault.Encoded;
        var declared = request.First(SipHeader.ContentType);
        // As in Of: without a type it is what bodies usually are, when it looks like that.
        if (declared.IsEmpty && request.Body.StartsWith("v="u8)) return BodyFault.None;
        if (ContentType.TryParse(declared, out var type) is not ParseStatus.Ok) return BodyFault.NotUnderstood;
        if (isKnown(type)) return BodyFault.None;
        return IsMultipart(type) ? new Walk().Take(request.Body, type, depth: 1) : BodyFault.NotUnderstood;
    }

    private static bool IsMultipart(ContentType type) => type.Type.Is("multipart"u8);

    private static bool IsPlain(ReadOnlySpan<byte> encoding) => encoding.IsEmpty || encoding.Is("identity"u8);

    /// <summary>Content-Disposition with handling=optional: it may be overlooked (RFC 3261 §20.11).</summary>
    private static bool IsOptional(ReadOnlySpan<byte> disposition)
    {
        int semicolon = disposition.IndexOf((byte)';');
        return semicolon >= 0 && new SipParameters(disposition[semicolon..]).TryFind("handling"u8, out var handling)
            && handling.Trim((byte)'"').Is("optional"u8);
    }

    /// <summary>The one way through a body and the parts of its parts.</summary>
    private ref struct Walk
    {
        private int _parts;

        public ReadOnlySpan<byte> Found { get; private set; }

        public BodyFault Take(ReadOnlySpan<byte> body, ContentType type, int depth)
        {
            if (depth > Limits.BodyDepth) return BodyFault.TooManyParts;
            if (!type.Parameters.TryFind("boundary"u8, out var boundary)) return BodyFault.Malformed;
            boundary = boundary.Trim((byte)'"');
            if (boundary.IsEmpty || boundary.Length > LongestBoundary || !TryDelimiter(ref body, boundary, out _, out bool isLast))
                return BodyFault.Malformed;

            // Of alternatives the last one that we understand counts; of related parts, and of signed ones, the first is what is meant.
            bool isAlternative = type.Subtype.Is("alternative"u8), isRooted = type.Subtype.Is("related"u8) || type.Subtype.Is("signed"u8);
            var fault = BodyFault.None;
            bool isUnderstood = false;
            for (int index = 0; !isLast; index++)
            {
                if (++_parts > Limits.BodyParts) return BodyFault.TooManyParts;
                // Without the last delimiter the body ends its last part.
                if (!TryDelimiter(ref body, boundary, out var part, out isLast)) isLast = true;
                var status = isRooted && index > 0 ? BodyFault.None : TakePart(part, depth, isAlternative);
                if (status is BodyFault.TooManyParts or BodyFault.Malformed) return status;
                isUnderstood |= status is BodyFault.None;
                if (fault is BodyFault.None) fault = status;
            }
            return isAlternative && isUnderstood ? BodyFault.None : fault;
        }

        private BodyFault TakePart(ReadOnlySpan<byte> part, int depth, bool isAlternative)
        {
            var headers = new PartHeaders(ref part);
            if (headers.AreTooMany) return BodyFault.TooManyParts;
            bool isOptional = IsOptional(headers.Disposition) || !headers.Id.IsEmpty;
            // RFC 2046 §5.1: what has no type is text for people.
            if (ContentType.TryParse(headers.Type, out var type) is not ParseStatus.Ok)
                return isOptional ? BodyFault.None : BodyFault.NotUnderstood;
            if (IsMultipart(type))
            {
                var inner = Take(part, type, depth + 1);
                return inner is BodyFault.NotUnderstood or BodyFault.Encoded && isOptional ? BodyFault.None : inner;
            }
            if (!headers.IsPlain) return isOptional ? BodyFault.None : BodyFault.Encoded;
            if (!type.IsSdp || !IsSession(headers.Disposition)) return isOptional ? BodyFault.None : BodyFault.NotUnderstood;
            if (Found.IsEmpty || isAlternative) Found = part;
            return BodyFault.None;
        }

        private static bool IsSession(ReadOnlySpan<byte> disposition)
        {
            int semicolon = disposition.IndexOf((byte)';');
            var kind = (semicolon < 0 ? disposition : disposition[..semicolon]).TrimLws();
            return kind.IsEmpty || kind.Is("session"u8) || kind.Is("render"u8);
        }

        /// <summary>Cuts <paramref name="body"/> behind the next delimiter; <paramref name="before"/> ends before it.</summary>
        private static bool TryDelimiter(scoped ref ReadOnlySpan<byte> body, ReadOnlySpan<byte> boundary, out ReadOnlySpan<byte> before,
            out bool isLast)
        {
            isLast = false;
            for (int at = 0; at <= body.Length;)
            {
                var line = body[at..];
                int end = line.IndexOf((byte)'\n');
                int next = end < 0 ? body.Length + 1 : at + end + 1;
                if (end >= 0) line = line[..end];
                if (line.StartsWith("--"u8) && line[2..].StartsWith(boundary))
                {
                    var rest = line[(2 + boundary.Length)..];
                    isLast = rest.StartsWith("--"u8);
                    if (isLast || rest.Trim(" \t\r"u8).IsEmpty)
                    {
                        before = body[..at];
                        if (before.EndsWith("\n"u8)) before = before[..^1];
                        if (before.EndsWith("\r"u8)) before = before[..^1];
                        body = next > body.Length ? default : body[next..];
                        return true;
                    }
                }
                at = next;
            }
            before = body;
            body = default;
            return false;
        }
    }

    /// <summary>The header lines of one part (RFC 2045 §3), as far as we read them; folded ones too.</summary>
    private readonly ref struct PartHeaders
    {
        /// <param name="part">Loses its headers.</param>
        public PartHeaders(scoped ref ReadOnlySpan<byte> part)
        {
            byte[]? joined = null;
            ReadOnlySpan<byte> rest = part;
            for (int lines = 0; ; lines++)
            {
                if (rest.IsEmpty) break;
                if (lines >= Limits.PartHeaderLines)
                {
                    AreTooMany = true;
                    break;
                }
                int end = LineEnd(rest);
                // A line that starts with white space goes on with the one before.
                while (end < rest.Length && end > 0 && rest[end] is (byte)' ' or (byte)'\t' && !IsEmpty(rest[..end]))
                {
                    joined ??= rest.ToArray();
                    int at = joined.Length - rest.Length;
                    joined.AsSpan(at, end).Replace((byte)'\r', (byte)' ');
                    joined.AsSpan(at, end).Replace((byte)'\n', (byte)' ');
                    rest = joined.AsSpan(at);
                    end += LineEnd(rest[end..]);
                    if (++lines >= Limits.PartHeaderLines) break;
                }
                var line = rest[..end];
                rest = rest[end..];
                if (IsEmpty(line)) break;
                int colon = line.IndexOf((byte)':');
                if (colon < 0) continue;
                var name = line[..colon].TrimLws();
                var value = line[(colon + 1)..].Trim(" \t\r\n"u8);
                if (name.Is("Content-Type"u8) || name.Is("c"u8)) Type = value;
                else if (name.Is("Content-Disposition"u8)) Disposition = value;
                else if (name.Is("Content-ID"u8)) Id = value;
                else if (name.Is("Content-Encoding"u8) || name.Is("e"u8)) Encoding = value;
                else if (name.Is("Content-Transfer-Encoding"u8)) TransferEncoding = value;
            }
            part = part[(part.Length - rest.Length)..];
        }

        public ReadOnlySpan<byte> Type { get; }
        public ReadOnlySpan<byte> Disposition { get; }
        public ReadOnlySpan<byte> Id { get; }
        public bool AreTooMany { get; }
        private ReadOnlySpan<byte> Encoding { get; }
        private ReadOnlySpan<byte> TransferEncoding { get; }

        /// <summary>Its bytes are what they mean.</summary>
        public bool IsPlain => SessionBody.IsPlain(Encoding) && (TransferEncoding.IsEmpty || TransferEncoding.Is("binary"u8)
            || TransferEncoding.Is("8bit"u8) || TransferEncoding.Is("7bit"u8));

        private static bool IsEmpty(ReadOnlySpan<byte> line) => line.Trim("\r\n"u8).IsEmpty;

        /// <summary>Behind the line end.</summary>
        private static int LineEnd(ReadOnlySpan<byte> text)
        {
            int end = text.IndexOf((byte)'\n');
            return end < 0 ? text.Length : end + 1;
        }
    }
}
