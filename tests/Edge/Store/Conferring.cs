using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Store;

/// <summary>Writes the events of one conference, which a leg has made.</summary>
internal sealed class Conferring(Script creator, uint counter, string name)
{
    private readonly Dictionary<LegId, Guid> _parts = [];
    private readonly ConferenceFacts _facts = new(new(LegId.Compose(1, 0, 1, counter, 9).Value), Guid.NewGuid(), creator.Facts.Tenant, name,
        Script.At(1), ConferenceParty.Of(creator.Facts));

    public Guid Uuid => _facts.Uuid;

    public ConferenceEvent Began(double at) =>
        new ConferenceEvent.ConferenceBegan(new()) { Conference = _facts, At = Script.At(at) };

    public ConferenceEvent Joined(Script leg, double at, Participation part) =>
        new ConferenceEvent.ParticipantJoined(ConferenceParty.Of(leg.Facts), _parts[leg.Facts.Id] = Guid.NewGuid(), part)
        {
            Conference = _facts, At = Script.At(at),
        };

    public ConferenceEvent Changed(Script leg, double at, Participation part) =>
        new ConferenceEvent.ParticipantChanged(leg.Facts.Id, _parts[leg.Facts.Id], part) { Conference = _facts, At = Script.At(at) };

    public ConferenceEvent Left(Script leg, double at) =>
        new ConferenceEvent.ParticipantLeft(ConferenceParty.Of(leg.Facts), _parts[leg.Facts.Id])
        {
            Conference = _facts, At = Script.At(at),
        };

    public ConferenceEvent Ended(double at) =>
        new ConferenceEvent.ConferenceEnded(ConferenceEnd.AllLeft, By: null) { Conference = _facts, At = Script.At(at) };
}
