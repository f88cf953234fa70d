namespace Ringwright.Streams;

/// <summary>What an error frame says. The numbers are part of the protocol.</summary>
internal sealed record StreamFault(int Code, string Title, string Detail)
{
    public static StreamFault Unknown(string detail) => new(100002, "unknown_error", detail);

    public static StreamFault Malformed(string detail) => new(100003, "malformed_frame", detail);

    public static StreamFault InvalidMedia(string detail) => new(100004, "invalid_media", detail);

    public static StreamFault RateLimit(string detail) => new(100005, "rate_limit_reached", detail);
}
