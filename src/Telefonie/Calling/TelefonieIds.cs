namespace Ringwright.Telefonie.Calling;

/// <summary>Calls are named by UUIDs; the example of the original has another spelling, which is read too.</summary>
internal static class TelefonieIds
{
    private const int Digits = 32;

    /// <summary>A UUID, or CA and its 32 hex digits, in either case; null for any other text.</summary>
    public static Guid? ReadCall(string text)
    {
        bool isRead = text.StartsWith("CA", StringComparison.OrdinalIgnoreCase) && text.Length == Digits + 2
            ? Guid.TryParseExact(text.AsSpan(2), "N", out var id) : Guid.TryParseExact(text, "D", out id);
        return isRead && id != Guid.Empty ? id : null;
    }
}
