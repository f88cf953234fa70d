namespace Ringwright.Sip;

/// <summary>What a parser found. Garbage on the wire is neither an exception nor a refusal: it is one of these and a counter.</summary>
public enum ParseStatus : byte
{
    Ok,
    /// <summary>Only CRLF: a keep-alive (RFC 5626 section 3.5.1), to be ignored.</summary>
    KeepAlive,
    /// <summary>A named limit was passed; see <see cref="Limits"/>.</summary>
    TooLong,
    TooMany,
    /// <summary>The message ends before its headers do.</summary>
    Truncated,
    BadStartLine,
    /// <summary>Well formed, but not SIP/2.0 (505).</summary>
    BadVersion,
    BadStatusCode,
    BadHeaderLine,
    MissingHeader,
    DuplicateHeader,
    BadVia,
    BadAddress,
    BadUri,
    BadCSeq,
    /// <summary>CSeq names another method than the request line.</summary>
    MethodMismatch,
    BadNumber,
    BadToken,
    BadQuotedString,
    BadParameter,
    /// <summary>Content-Length promises more than came.</summary>
    BodyTooShort,
}
