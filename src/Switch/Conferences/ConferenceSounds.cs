using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Switch.Conferences;

/// <summary>
/// What a conference plays and speaks: to all by its own port, to some by theirs. It tells of both.
/// </summary>
internal sealed class ConferenceSounds : IPromptHost
{
    /// <summary>Files for the room are not compressed, for what is heard there goes into every codec.</summary>
    private const string RoomCodec = "L16";

    private readonly ShardContext _shard;
    private readonly Conference _conference;
    private readonly PromptQueue _prompts;
    /// <summary>What single ones hear, begun and not ended.</summary>
    private readonly List<(ConferenceMember Hearer, OrderedSound Sound)> _alone = [];

    public ConferenceSounds(ShardContext shard, Conference conference)
    {
        (_shard, _conference) = (shard, conference);
        _prompts = new(this);
    }

    public Instant Now => _shard.Now;
    public PortId Port => _conference.Room;
    public string Codec => RoomCodec;
    public bool HasRoom => _prompts.HasRoom;

    public void Post(MediaCommand command) => _conference.Post(command);
    public Guid NewId() => _shard.NewGuid();

    public int Prepare(PromptSource source, string codec)
    {
        int correlation = _shard.NextCorrelation();
        var facts = _conference.Facts;
        _shard.Emit(new Effect.PreparePrompt(Subject.Of(facts.Id), correlation, facts.Tenant, source, codec) { Uuid = facts.Uuid });
        return correlation;
    }

    /// <param name="hearers">None for all.</param>
    public void Start(IReadOnlyList<ConferenceMember> hearers, PromptSource source, int loops, ConferenceAnnouncement? announcement = null)
    {
        if (hearers.Count == 0)
        {
            var sound = new OrderedSound(NewId(), source, loops) { Announcement = announcement };
            _prompts.TryStart(new OrderedPrompt(sound, status => Tell(sound, who: null, status)), StopWhat.Nothing);
        }
        foreach (var hearer in hearers)
            _conference.Order(hearer.Leg, new ConferenceOrder.Sound(new(NewId(), source, loops) { Announcement = announcement }));
    }

    /// <inheritdoc cref="Start"/>
    public void Stop(IReadOnlyList<ConferenceMember> hearers)
    {
        if (hearers.Count == 0) _prompts.Stop(StopWhat.All);
        foreach (var hearer in hearers) _conference.Order(hearer.Leg, new ConferenceOrder.Silence());
    }

    public void OnPrepared(int correlation, PromptResult result) => _prompts.OnPrepared(correlation, result);

    public void OnPlayEnded(Guid id, bool isFailed) => _prompts.OnPlayEnded(id, isFailed);

    public void HangUp() => _prompts.HangUp();

    /// <summary>One that takes part says what it hears alone.</summary>
    /// <param name="ended">Null when it has begun.</param>
    public void On(ConferenceMember hearer, OrderedSound sound, PlayStatus? ended)
    {
        if (ended is null) _alone.Add((hearer, sound));
        else _alone.RemoveAll(one => one.Sound.Id == sound.Id);
        Tell(sound, hearer.Who, ended);
    }

    /// <summary>What it hears alone ends, and it is not asked again.</summary>
    public void Leave(ConferenceMember gone, PlayStatus ended)
    {
        foreach (var (hearer, sound) in _alone.FindAll(one => one.Hearer == gone)) On(hearer, sound, ended);
    }

    /// <param name="ended">Null when it has begun.</param>
    private void Tell(OrderedSound sound, ConferenceParty? who, PlayStatus? ended)
    {
        var (facts, now) = (_conference.Facts, _shard.Now);
        bool isSpeech = sound.Source is PromptSource.Speech;
        _conference.Emit(ended is not { } status
            ? isSpeech ? new ConferenceEvent.ConferenceSpeakStarted(sound.Id, who) { Conference = facts, At = now }
                : new ConferenceEvent.ConferencePlaybackStarted(sound.Id, sound.Source, who) { Conference = facts, At = now }
            : isSpeech ? new ConferenceEvent.ConferenceSpeakEnded(sound.Id, who, status)
            {
                Conference = facts, At = now, Announcement = sound.Announcement,
            }
                : new ConferenceEvent.ConferencePlaybackEnded(sound.Id, sound.Source, who, status)
                {
                    Conference = facts, At = now, Announcement = sound.Announcement,
                });
    }
}
