using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Numbers;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// Which number of a profile a text is from: the one that its recipient knows, then one nearby, then by the weights of the two kinds, and
/// within a kind the one with the least to send.
/// </summary>
internal static class SenderPool
{
    /// <summary>So long a pair stays together after its last text.</summary>
    private static readonly TimeSpan Sticky = TimeSpan.FromDays(8), Recent = TimeSpan.FromMinutes(1), Judged = TimeSpan.FromDays(7);
    private const int MostNumbers = 250, FewestJudged = 20, AreaCode = 5;
    private const double LeastSuccess = 0.25;

    /// <returns>Null when none may be used; and whether that is for their health alone.</returns>
    public static async ValueTask<(string? Sender, bool IsForHealth)> ChooseAsync(OperationContext op, MessagingParts parts,
        TextTerms profile, PoolTerms pool, string to)
    {
        var now = op.Now;
        var page = await MessagingSettings.Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = [new(MessagingSettings.Profile, "eq", [profile.Id.ToString()])], Limit = MostNumbers }, op.Stop);
        var loads = (await parts.Store.Texts.LoadsAsync(op.Tenant, profile.Id, now - Recent, now - Judged, op.Stop))
            .ToDictionary(load => load.Sender, StringComparer.Ordinal);
        var usable = new List<Candidate>();
        bool hasUnhealthy = false;
        foreach (var row in page.Rows)
        {
            // What is ported out, or was taken off meanwhile, the routing does not have.
            if (row.Body.Text("phone_number") is not { } text || text == to
                || op.Routing.FindOwnNumber(text)?.MessagingProfile != profile.Id) continue;
            bool isTollFree = E164.TryParse(text, out var number) && parts.Plans.Classify(number).Type is NumberType.TollFree;
            var load = loads.GetValueOrDefault(text);
            bool isUnhealthy = load is { Judged: >= FewestJudged } && load.Delivered < LeastSuccess * load.Judged;
            decimal weight = isTollFree ? pool.TollFree : pool.LongCodes;
            if (weight <= 0) continue;
            if (pool.SkipsUnhealthy && isUnhealthy) hasUnhealthy = true;
            else usable.Add(new(text, isTollFree, weight, load?.Recent ?? 0));
        }
        if (usable.Count == 0) return (null, hasUnhealthy);
        if (pool.IsSticky && await parts.Store.Texts.LastSenderAsync(op.Tenant, profile.Id, to, now - Sticky, op.Stop) is { } known
            && usable.Exists(one => one.Text == known)) return (known, false);
        if (pool.IsNear && to is ['+', '1', _, _, _, ..]
            && usable.Where(one => one.Text.StartsWith(to[..AreaCode], StringComparison.Ordinal)).ToList() is { Count: > 0 } near)
            usable = near;
        // The kind that has sent the least for its weight is next.
        var kind = usable.GroupBy(one => one.IsTollFree)
            .MinBy(group => (group.Sum(one => one.Recent) + 1) / group.First().Weight)!;       // there is one
        return (kind.OrderBy(one => one.Recent).ThenBy(one => one.Text, StringComparer.Ordinal).First().Text, false);
    }

    private sealed record Candidate(string Text, bool IsTollFree, decimal Weight, long Recent);
}
