using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>
/// A customer who holds conferences at random, one command after the other, and who knows by <see cref="ConferenceModel"/> what is answered
/// and who hears whom. Every party says a tone of its own, or nothing.
/// </summary>
internal sealed class ConferenceCustomer
{
    private const string Ours = "+4989456";
    private const int WaitTone = 2_150, HoldTone = 2_400, PrivateTone = 2_700, Silent = 0, Parties = 6;
    private static readonly string[] Names = ["board", "sales"];
    private static readonly int[] Tones = [400, 500, 700, 900, 1_100, 1_300], Music = [1_600, 1_900];

    private readonly SimWorld _world;
    private readonly ConferenceModel _model = new();
    private readonly List<ConferenceModel.Guest> _guests = [];
    private readonly SimPhone[] _phones;
    private readonly List<string> _done = [];

    public ConferenceCustomer(SimWorld world)
    {
        _world = world;
        world.Customer("telnyx").On("call.initiated", (call, api) => { if (call["direction"] is "incoming") api.Answer(call); });
        _phones = [.. Enumerable.Range(0, Parties).Select(i => world.Phone($"+49301230002{i}"))];
        for (int i = 0; i < Parties; i++)
        {
            _phones[i].Tone = Rng.Chance(0.8) ? Tones[i] : Silent;
            _phones[i].AnswersAfter = world.Between(0.05, 0.3);
        }
    }

    private Rng Rng => _world.Rng;
    private SimApi Api => _world.Api;
    private string AnyName => Names[Rng.Next(Names.Length)];

    /// <summary>All but one call; those who have gone before come again in time.</summary>
    public void Begin()
    {
        foreach (var phone in _phones[1..]) Call(phone);
        foreach (var phone in _phones[1..3]) phone.Switch(Rng.Chance(0.5) ? "PCMA" : "G722");
    }

    public void Act()
    {
        var guest = Any(_guests.Where(g => !g.IsGone && FindCall(g) is not null));
        int act = Rng.Next(16);
        if (guest is null || act is 0)
        {
            if (Any(_phones.Where(p => p.IsIdle)) is { } idle) Come(idle);
        }
        else if (act is 1 or 2) Create(guest);
        else if (act is 3 or 4 or 5) Join(guest);
        else if (act is 6) Leave(guest);
        else if (act is 7) HangUp(guest);
        else if (act is 8) Bridge(guest);
        else if (guest.In is { } room)
        {
            if (act is 9 or 10) Hold(room, isOn: Rng.Chance(0.6));
            else if (act is 11 or 12) Mute(room, isOn: Rng.Chance(0.6));
            else if (act is 13) Supervise(guest, room);
            else if (act is 14) Play(guest, room);
            else Record(room);
        }
    }

    /// <summary>Nothing has happened for a while: each party hears exactly those that the model says.</summary>
    public void Judge()
    {
        foreach (var guest in _guests)
        {
            if (guest.IsGone) continue;
            Assert.True(guest.Phone.IsEstablished, $"{guest.Phone.Number} is gone after: {Done}");
            foreach (var other in _guests)
                if (!other.IsGone && other.Phone.Tone is { } tone and not Silent) Check(guest, tone, ConferenceModel.Hears(guest, other));
            foreach (int tone in (int[])[.. Music, WaitTone, HoldTone, PrivateTone])
                Check(guest, tone, ConferenceModel.HearsTone(guest) == tone);
        }
        foreach (var gone in _guests.Where(g => g.IsGone && _guests.FindLast(last => last.Phone == g.Phone) == g))
            Assert.True(gone.Phone.IsIdle, $"{gone.Phone.Number} is still there after: {Done}");
    }

    private string Done => string.Join("; ", _done);

    private void Check(ConferenceModel.Guest hearer, int tone, bool isHeard)
    {
        double level = hearer.Phone.LevelOf(tone);
        Assert.True(SimPhone.IsAs(isHeard, level), $"{hearer.Phone.Tone} ({hearer.Phone.Call?.Codec}) hears {tone} with "
            + $"{level:F0}, which it should{(isHeard ? "" : " not")}, after: {Done}");
    }

    /// <summary>It calls, or is called into a conference.</summary>
    private void Come(SimPhone phone)
    {
        if (Rng.Chance(0.5)) Call(phone);
        else
        {
            string name = AnyName;
            bool isMuted = Rng.Chance(0.3);
            Note($"{phone.Tone} is called into {name}{(isMuted ? ", muted" : "")}");
            var guest = new ConferenceModel.Guest(phone);
            var how = new ConferenceModel.Guest(phone) { IsMuted = isMuted };
            _guests.Add(guest);
            if (_model.Find(name) is { IsOver: false }) _model.Join(guest, name, how, starts: false);
            else
            {
                _model.Create(guest, new(name, ConferenceTerms.UsualParticipants, isStarted: true, waitTone: null));
                guest.IsMuted = isMuted;
            }
            _world.Conferences.Dial(phone.Number, Ours, name, new() { IsMuted = isMuted });
            Await(() => phone.IsEstablished);
        }
    }

    private void Call(SimPhone phone)
    {
        Note($"{phone.Tone} calls");
        int answered = Answered(phone);
        _guests.Add(new(phone));
        phone.Dial(Ours);
        Await(() => phone.IsEstablished && Answered(phone) > answered);
    }

    private int Answered(SimPhone phone) => _world.Events.Count(e => e.Name is "call.answered" && e["from"] == phone.Number);

    private void Create(ConferenceModel.Guest guest)
    {
        string name = AnyName;
        int most = 2 + Rng.Next(5);
        bool isStarted = Rng.Chance(0.8);
        int? wait = Rng.Chance(0.5) ? WaitTone : null;
        Ask($"{guest.Phone.Tone} makes {name} for {most}{(isStarted ? "" : $" that waits with {wait}")}",
            _model.Create(guest, new(name, most, isStarted, wait)), () => _world.Conferences.Create(CallOf(guest), name, new()
            {
                MaxParticipants = most,
                StartsAtOnce = isStarted,
                HoldAudio = Audio(wait),
                Beeps = (ConferenceBeeps)Rng.Next(4),
                HasComfortNoise = Rng.Chance(0.5),
            }));
    }

    private void Join(ConferenceModel.Guest guest)
    {
        string name = AnyName;
        var there = _model.Find(name)?.Guests.Where(g => g != guest).ToArray() ?? [];
        var (role, whispersTo) = Role(there);
        var how = new ConferenceModel.Guest(guest.Phone)
        {
            IsMuted = Rng.Chance(0.2), IsOnHold = Rng.Chance(0.1), EndsRoom = Rng.Chance(0.05), EndsSoftly = Rng.Chance(0.05),
            Role = role, WhispersTo = [.. whispersTo], HoldTone = Rng.Chance(0.4) ? HoldTone : null,
        };
        bool starts = Rng.Chance(0.3);
        var part = new Participation
        {
            IsMuted = how.IsMuted, IsOnHold = how.IsOnHold, EndsConference = how.EndsRoom, EndsSoftly = how.EndsSoftly,
            Role = Enum.Parse<SupervisorRole>(role, ignoreCase: true), WhispersTo = Legs(whispersTo),
        };
        Ask($"{guest.Phone.Tone} joins {name} {(how.IsMuted ? "muted " : "")}{(how.IsOnHold ? "on hold " : "")}{role} {Said(whispersTo)}",
            _model.Join(guest, name, how, starts),
            () => _world.Conferences.Join(CallOf(guest), Named(name), part, Audio(how.HoldTone), starts));
    }

    private void Leave(ConferenceModel.Guest guest)
    {
        string name = guest.In?.Name ?? AnyName;
        var leg = CallOf(guest).Leg;
        Ask($"{guest.Phone.Tone} leaves {name}", _model.Leave(guest, name),
            () => _world.Conferences.Command(Named(name), new ConferenceCommand.Leave(leg)));
    }

    private void HangUp(ConferenceModel.Guest guest)
    {
        var call = CallOf(guest);
        _model.HangUp(guest);
        if (Rng.Chance(0.5)) Ask($"{guest.Phone.Tone} is hung up", null, () => Api.Hangup(call));
        else
        {
            Note($"{guest.Phone.Tone} hangs up");
            guest.Phone.Hangup();
        }
        Await(() => guest.Phone.IsIdle);
        _world.RunFor(TimeSpan.FromMilliseconds(200));
    }

    private void Bridge(ConferenceModel.Guest guest)
    {
        if (Any(_guests.Where(g => g != guest && !g.IsGone && g != guest.Partner && FindCall(g) is not null)) is not { } other) return;
        bool parks = Rng.Chance(0.5);
        var (one, two) = (CallOf(guest), CallOf(other));
        _model.Bridge(guest, other, parks);
        Ask($"{guest.Phone.Tone} is bridged to {other.Phone.Tone}{(parks ? " and parks" : "")}", null,
            () => Api.Bridge(one, two, parks ? [("park_after_unbridge", "self")] : []));
        _world.RunFor(TimeSpan.FromMilliseconds(200));
    }

    private void Hold(ConferenceModel.Room room, bool isOn)
    {
        if (room.Guests.Exists(g => g.PlayedTo is not null)) return;
        var listed = Some(room.Guests);
        int? tone = isOn && Rng.Chance(0.5) ? HoldTone : null;
        ConferenceCommand command = isOn ? new ConferenceCommand.Hold(Legs(listed), Audio(tone))
            : new ConferenceCommand.Unhold(Legs(listed));
        Ask($"{(isOn ? $"hold with {tone}" : "unhold")} {Said(listed)} of {room.Name}", _model.Each(room.Name, listed, g =>
        {
            g.IsOnHold = isOn;
            if (isOn) g.HoldTone = tone;
        }), () => _world.Conferences.Command(Named(room.Name), command));
    }

    private void Mute(ConferenceModel.Room room, bool isOn)
    {
        var listed = Some(Rng.Chance(0.1) ? _guests.FindAll(g => !g.IsGone) : room.Guests);
        var command = new ConferenceCommand.Mute(Legs(listed), isOn);
        Ask($"{(isOn ? "mute" : "unmute")} {Said(listed)} of {room.Name}", _model.Each(room.Name, listed, g => g.IsMuted = isOn),
            () => _world.Conferences.Command(Named(room.Name), command));
    }

    private void Supervise(ConferenceModel.Guest guest, ConferenceModel.Room room)
    {
        var (role, whispersTo) = Role([.. room.Guests.Where(g => g != guest)]);
        var command = new ConferenceCommand.Supervise(CallOf(guest).Leg, Enum.Parse<SupervisorRole>(role, ignoreCase: true),
            Legs(whispersTo));
        Ask($"{guest.Phone.Tone} is {role} {Said(whispersTo)}", _model.Each(room.Name, [guest], g =>
        {
            g.Role = role;
            g.WhispersTo.Clear();
            g.WhispersTo.UnionWith(whispersTo);
        }), () => _world.Conferences.Command(Named(room.Name), command));
    }

    /// <summary>To all for ever, to one for ever, once, or no more.</summary>
    private void Play(ConferenceModel.Guest guest, ConferenceModel.Room room)
    {
        int music = Music[Array.IndexOf(Names, room.Name)];
        bool isOne = Rng.Chance(0.4) && room.IsStarted && !guest.IsOnHold;
        var (legs, tone) = isOne ? (Legs([guest]), PrivateTone) : ([], music);
        bool isOn = (isOne ? guest.PlayedTo : room.Plays) is not null, isOnce = !isOn && Rng.Chance(0.3);
        if (!isOne && isOn && room.Guests.Exists(g => g.PlayedTo is not null)) return;
        string? answer = _model.Do(room.Name, r =>
        {
            int? heard = isOn || isOnce ? null : tone;
            if (isOne) guest.PlayedTo = heard;
            else r.Plays = heard;
        });
        ConferenceCommand command = isOn ? new ConferenceCommand.StopAudio(legs)
            : isOnce && Rng.Chance(0.5) ? new ConferenceCommand.Speak(legs, new("a word", "female", null, false))
            : new ConferenceCommand.Play(legs, SimPrompts.ToneOf(tone), isOnce ? 1 : 0);
        Ask($"{command.GetType().Name} {(isOne ? $"to {guest.Phone.Tone}" : "to all")} in {room.Name}{(isOnce ? " once" : "")}", answer,
            () => _world.Conferences.Command(Named(room.Name), command));
    }

    /// <summary>Whether one runs is nobody's business here: what is answered is not judged.</summary>
    private void Record(ConferenceModel.Room room)
    {
        ConferenceCommand command = Rng.Next(4) switch
        {
            0 or 1 => new ConferenceCommand.RecordStart(new() { Id = new Guid(Rng.Next(int.MaxValue), 0, 7, new byte[8]) }),
            2 => new ConferenceCommand.RecordPause(null),
            _ => new ConferenceCommand.RecordStop(null),
        };
        Ask(command.GetType().Name, null, () => _world.Conferences.Command(Named(room.Name), command), isJudged: false);
    }

    private void Ask(string what, string? expected, Action send, bool isJudged = true)
    {
        Note(what);
        int before = _world.Replies.Count;
        send();
        Await(() => _world.Replies.Count > before);
        if (isJudged && _world.Weather is Weather.Fair)
            Assert.True(_world.Replies[^1].Code == expected, $"{_world.Replies[^1]}, not {expected ?? "200"}, after: {Done}");
    }

    /// <summary>In foul weather nobody waits for ever.</summary>
    private void Await(Func<bool> condition)
    {
        if (_world.Weather is Weather.Fair) _world.RunUntil(condition, withinSeconds: 20);
        else _world.RunFor(TimeSpan.FromMilliseconds(400));
    }

    private void Note(string what)
    {
        _done.Add(what);
        _world.Log.Add(_world.Now, "customer", what);
    }

    /// <summary>By its name, or by its id as long as there is one of that name.</summary>
    private string Named(string name) =>
        Rng.Chance(0.5) && _world.Ledger.FindConference(name) is { } found ? found.Uuid.ToString() : name;

    private SimWebhook CallOf(ConferenceModel.Guest guest) => FindCall(guest)!;      // only such are asked to do something

    /// <summary>In foul weather there may be none yet.</summary>
    private SimWebhook? FindCall(ConferenceModel.Guest guest) => _world.Events.FindLast(e => e.Name is "call.initiated"
        && (e["from"] == guest.Phone.Number || e["to"] == guest.Phone.Number));

    private IReadOnlyList<LegId> Legs(IEnumerable<ConferenceModel.Guest> guests) =>
        [.. guests.Select(FindCall).OfType<SimWebhook>().Select(call => call.Leg)];

    private (string Role, ConferenceModel.Guest[] WhispersTo) Role(ConferenceModel.Guest[] others) => Rng.Next(6) switch
    {
        0 => ("monitor", []),
        1 => ("barge", []),
        2 => ("whisper", Some([.. others])),
        _ => ("none", []),
    };

    /// <summary>One or two of them, or none.</summary>
    private ConferenceModel.Guest[] Some(List<ConferenceModel.Guest> guests) =>
        guests.Count == 0 ? [] : [.. Enumerable.Range(0, Rng.Next(3)).Select(_ => guests[Rng.Next(guests.Count)]).Distinct()];

    private T? Any<T>(IEnumerable<T> some) where T : class
    {
        T[] all = [.. some];
        return all.Length == 0 ? null : all[Rng.Next(all.Length)];
    }

    private static string Said(IEnumerable<ConferenceModel.Guest> guests) => string.Join(',', guests.Select(g => g.Phone.Tone));

    private static PromptSource? Audio(int? tone) => tone is { } hertz ? SimPrompts.ToneOf(hertz) : null;
}
