using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Conferences;

/// <summary>What a conference knows of one that takes part, all of it from messages.</summary>
/// <param name="id">Of this part.</param>
internal sealed class ConferenceMember(Guid id, LegFacts facts, PortId port)
{
    public Guid Id => id;
    public LegId Leg => facts.Id;
    public PortId Port => port;
    public ConferenceParty Who { get; set; } = ConferenceParty.Of(facts);
    public Participation As { get; set; } = new();
    public PromptSource? HoldAudio { get; set; }
    public ConferenceBeeps? Beeps { get; set; }
}
