using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>What a request that does not parse is told (RFC 3261 §21.4.1, §21.4.12, §21.4.15, §21.5.6).</summary>
internal static class ParseFaults
{
    public static int StatusOf(ParseStatus status, SipRequest request) => status switch
    {
        ParseStatus.BadVersion => 505,
        ParseStatus.TooLong when request.RequestUri.Length > Limits.UriBytes => 414,
        ParseStatus.TooLong when request.Body.Length > Limits.BodyBytes => 413,
        _ => 400,
    };

    public static string? ReasonOf(ParseStatus status) => status switch
    {
        ParseStatus.BadVersion => null,
        ParseStatus.TooLong => "Something Is Too Long",
        ParseStatus.TooMany => "Too Many Headers Or Values",
        ParseStatus.Truncated => "Message Ends Before Its Headers",
        ParseStatus.BadStartLine => "Bad Request Line",
        ParseStatus.BadHeaderLine => "Bad Header Line",
        ParseStatus.MissingHeader => "Missing Header",
        ParseStatus.DuplicateHeader => "Header Stands Twice",
        ParseStatus.BadVia => "Bad Via",
        ParseStatus.BadAddress => "Bad Address",
        ParseStatus.BadUri => "Bad URI",
        ParseStatus.BadCSeq => "Bad CSeq",
        ParseStatus.MethodMismatch => "CSeq Names Another Method",
        ParseStatus.BadNumber => "Bad Number",
        ParseStatus.BadToken => "Bad Token",
        ParseStatus.BadQuotedString => "Bad Quoted String",
        ParseStatus.BadParameter => "Bad Parameter",
        ParseStatus.BodyTooShort => "Body Shorter Than Content-Length",
        _ => null,
    };
}
