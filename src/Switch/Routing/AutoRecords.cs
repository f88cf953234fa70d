using Ringwright.Calls;

namespace Ringwright.Switch.Routing;

/// <summary>Recordings that begin by themselves: of calls to a number, and of calls that a profile lets out.</summary>
internal static class AutoRecords
{
    public static RecordPlan? OfNumber(Number number, Func<Guid> mintId) => Plan(number.Voice.Recording, mintId);

    /// <param name="leg">Outbound.</param>
    public static RecordPlan? OfProfile(RoutingSnapshot routing, LegFacts leg, Func<Guid> mintId)
    {
        if (routing.ProfileOf(leg.Tenant, leg.Connection)?.Recording is not { } wish) return null;
        return wish.IsByCaller && !wish.Callers.Contains(leg.From) ? null : Plan(wish.Recording, mintId);
    }

    private static RecordPlan? Plan(AutoRecording? wish, Func<Guid> mintId) => wish is null ? null : new()
    {
        Id = mintId(),
        Format = wish.Format is "mp3" ? RecordFormat.Mp3 : RecordFormat.Wav,
        IsDual = wish.IsDual,
    };
}
