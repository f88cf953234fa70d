namespace Ringwright.Telefonie.Calling;

/// <summary>Calls and messages are named by UUIDs; the examples of the original have another spelling, which is read too.</summary>
internal static class TelefonieIds
{
    private const int Digits = 32;

    /// <summary>A UUID, or CA and its 32 hex digits, in either case; null for any other text.</summary>
    public static Guid? ReadCall(string text) => Read(text, "CA");

    /// <summary>A UUID, or SM and its 32 hex digits, in either case; null for any other text.</summary>
    public static Guid? ReadMessage(string text) => Read(text, "SM");

    private static Guid? Read(string text, string start)
    {
        bool isRead = text.StartsWith(start, StringComparison.OrdinalIgnoreCase) && text.Length == Digits + start.Length
            ? Guid.TryParseExact(text.AsSpan(start.Length), "N", out var id) : Guid.TryParseExact(text, "D", out id);
        return isRead && id != Guid.Empty ? id : null;
    }
}
