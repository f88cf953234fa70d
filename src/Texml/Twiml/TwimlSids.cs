using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// Names of what an account has: two letters and 32 hex digits. Each is an alias that reads back, and is never enough by itself: whoever
/// reads one asks for what it names among the account's own.
/// </summary>
internal sealed class TwimlSids(NodeIdentity node)
{
    public const int Length = 34;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Account(TenantId tenant) => $"AC{tenant.Value:N}";

    public static string Key(Guid key) => $"SK{key:N}";

    public static string Call(LegId leg) => $"CA{leg}";

    public static string Conference(Guid conference) => $"CF{conference:N}";

    public static string Recording(Guid recording) => $"RE{recording:N}";

    public static string Stream(Guid stream) => $"MZ{stream:N}";

    public static string Siprec(Guid session) => $"SR{session:N}";

    public static string Transcription(Guid transcription) => $"GT{transcription:N}";

    public static string Text(Guid transcription) => $"TR{transcription:N}";

    public static string Talk(Guid conversation) => $"VX{conversation:N}";

    /// <summary>One with files has letters of its own.</summary>
    public static string Message(TextMessage text) => $"{(text.IsMultimedia ? "MM" : "SM")}{text.Id:N}";

    public static string Application(long application) => Of("AP", application);

    /// <summary>The digits behind the plus.</summary>
    public static string Number(string number) => Of("PN", long.Parse(number.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture));

    public static string? ReadNumber(string? sid) =>
        ReadWhole("PN", sid) is { } digits ? string.Create(CultureInfo.InvariantCulture, $"+{digits}") : null;

    /// <summary>
    /// A queue is its name, which needs not be there for calls to wait in it; so the alias is one that only goes one way, and is looked for
    /// among the account's queues.
    /// </summary>
    public string Queue(TenantId tenant, string name) =>
        $"QU{Convert.ToHexStringLower(HMACSHA256.HashData(node.TokenKey.Span, Encoding.UTF8.GetBytes($"queue:{tenant}:{name}"))[..16])}";

    /// <summary>It looks like one, whatever it names.</summary>
    public static bool IsSid(string text) => text.Length == Length && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1])
        && IsHex(text);

    public static bool TryCall(string sid, out LegId leg)
    {
        leg = default;
        return sid.Length == Length && sid.StartsWith("CA", StringComparison.Ordinal) && IsHex(sid)
            && LegId.TryParse(sid.AsSpan(2), out leg);
    }

    public static Guid? Read(string prefix, string? sid) =>
        sid?.Length == Length && sid.StartsWith(prefix, StringComparison.Ordinal) && IsHex(sid)
            && Guid.TryParseExact(sid.AsSpan(2), "N", out var id) ? id : null;

    public static long? ReadWhole(string prefix, string? sid) =>
        sid?.Length == Length && sid.StartsWith(prefix, StringComparison.Ordinal) && IsHex(sid)
            && long.TryParse(sid.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long id) && id >= 0
                ? id : null;

    /// <summary>One spelling for each: in lower case.</summary>
    private static bool IsHex(string sid) => !sid.AsSpan(2).ContainsAnyExcept(Digits);

    private static string Of(string prefix, long id) => prefix + id.ToString("x32", CultureInfo.InvariantCulture);
}
