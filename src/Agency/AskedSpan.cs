using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>Of when a list is to be: <c>from</c> on, and before <c>to</c>. A day alone begins by the agency's clock.</summary>
internal static class AskedSpan
{
    /// <returns>Null for what is not bounded; and why it cannot be read.</returns>
    public static async ValueTask<(DateTimeOffset? From, DateTimeOffset? Before, Problem? Fault)> ReadAsync(OperationContext op,
        TenancyTable tenancy)
    {
        string? clock = null;
        var (from, wrong) = await MomentAsync("from");
        if (wrong is not null) return (null, null, wrong);
        (var before, wrong) = await MomentAsync("to");
        return (from, before, wrong);

        async ValueTask<(DateTimeOffset? At, Problem? Fault)> MomentAsync(string name)
        {
            if (op.Query[name] is not { } text) return (null, null);
            // Most say a moment, for which nobody's clock need be known.
            if (AgencyText.DayAlone(text) is not null)
                clock ??= (await tenancy.AgencyAsync(AgencyScope.Of(op).Agency, op.Stop)).Timezone;
            return FigurePeriod.MomentOf(text, clock ?? "", daysOn: 0) is { } at ? (at, null)
                : (null, new("validation_error", $"{name} is a moment such as 2026-02-20T10:00:00Z, or a day.") { Parameter = name });
        }
    }
}
