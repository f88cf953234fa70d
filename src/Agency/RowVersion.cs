using System.Globalization;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// Versions of agents and campaigns, which are the moments of their last changes: a change that names the one that it was made of
/// (<c>If-Match</c>) undoes nobody else's.
/// </summary>
internal static class RowVersion
{
    public const string Field = "version";

    private const string Asked = "If-Match", Shown = "ETag", Any = "*", Weak = "W/";

    /// <summary>The database has six digits of a second.</summary>
    public static long Of(DateTimeOffset updatedAt) =>
        (updatedAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Later than the one before, also of a clock that stands still.</summary>
    public static DateTimeOffset Next(DateTimeOffset before, DateTimeOffset now) => Of(now) > Of(before) ? now : before.AddMicroseconds(1);

    /// <summary>Whether the request is for this version, or for any.</summary>
    public static bool IsAsked(OperationContext op, DateTimeOffset updatedAt)
    {
        if (op.Header(Asked) is not { Length: > 0 } asked) return true;
        string version = Of(updatedAt).ToString(CultureInfo.InvariantCulture);
        return asked.Split(',', StringSplitOptions.TrimEntries).Any(one => one is Any || Plain(one) == version);
    }

    public static Reply With(Reply reply, DateTimeOffset updatedAt) => reply.With(Shown, $"\"{Of(updatedAt)}\"");

    public static Reply Refuse(OperationContext op) => op.Fail(new Problem("version_conflict",
        $"Somebody has changed it since the version of {Asked}: read it again."));

    /// <summary>With its quotes or without.</summary>
    private static string Plain(string tag) => (tag.StartsWith(Weak, StringComparison.Ordinal) ? tag[Weak.Length..] : tag).Trim('"');
}
