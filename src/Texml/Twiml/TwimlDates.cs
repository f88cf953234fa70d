using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Twiml;

/// <summary>Filters by years, months, days and moments: NAME, NAME&gt; and NAME&lt;.</summary>
internal static class TwimlDates
{
    /// <returns>Null when one of them is none of these.</returns>
    public static TimeRange? Read(OperationContext op, string name) =>
        TexmlTime.Range(op.Query[name], op.Query[name + ">"], op.Query[name + "<"]);

    public static bool IsWithin(TimeRange range, DateTimeOffset at) => !(at < range.From) && !(at >= range.Before);

    public static Reply Refuse(OperationContext op, string name) => op.Fail(TwimlErrors.Bad(name,
        $"{name} must be a year (YYYY), a month (YYYY-MM), a day (YYYY-MM-DD) or a moment (YYYY-MM-DDTHH:MM:SSZ), and so its > and <."));
}
