using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What an agent that is to talk on a call may know of it.</summary>
/// <param name="ControlId">Null as long as the call has none.</param>
internal sealed record OrderedCall(string? ControlId, Direction Direction, string From, string To)
{
    public string? CallerName { get; init; }
    /// <summary>Of the INVITE.</summary>
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];

    /// <summary>Our side of it.</summary>
    public string Agent => Direction is Direction.Inbound ? To : From;

    /// <summary>The other one.</summary>
    public string EndUser => Direction is Direction.Inbound ? From : To;

    public static OrderedCall Of(LegRow leg, string controlId) =>
        new(controlId, leg.Direction, leg.From, leg.To) { CallerName = leg.CallerName, Headers = leg.Headers };

    public static OrderedCall Of(LegFacts leg, string controlId) =>
        new(controlId, leg.Direction, leg.From, leg.To) { CallerName = leg.CallerName, Headers = leg.Headers };
}
