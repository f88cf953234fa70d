using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Bridges;

/// <summary>
/// Two legs on their way to each other, then joined. Knows them by letters only: they may live on other shards and may be gone at any time.
/// It forms once, when both are ready, and is over as soon as one of them has left.
/// </summary>
internal sealed class Bridge(ShardContext shard, BridgeId id, BridgeTerms terms) : Actor
{
    private readonly Member _first = new(terms.First), _second = new(terms.Second);
    private bool _isJoined, _isOver, _hasToldRinging;

    public override ActorAddress Address => new(ActorKind.Bridge, id.Value);
    public override bool IsEnded => _isOver;
    public override bool IsGone => _isOver;

    public override Ack? Handle(Letter.ToActor letter)
    {
        switch ((BridgeLetter)letter)
        {
            case BridgeLetter.Form form:
                Start(form.Correlation);
                break;
            case BridgeLetter.Noted noted:
                OnNote(noted.From, noted.Note);
                break;
            default:
                throw new UnreachableException();
        }
        return null;
    }

    /// <param name="correlation">Of the command that asks for the bridge; the second leg answers it, for the first has agreed.</param>
    private void Start(long? correlation)
    {
        Order(_first, new BridgeOrder.Invite(null, terms.Record));
        Order(_second, new BridgeOrder.Invite(correlation));
    }

    private void OnNote(LegId from, BridgeNote note)
    {
        var member = from == _first.Leg ? _first : _second;
        switch (note)
        {
            case BridgeNote.Entered entered:
                (member.Port, member.IsReady) = (entered.Port, entered.IsReady);
                break;
            case BridgeNote.Ringing ringing:
                (member.IsRinging, member.HasEarlyAudio) = (true, ringing.HasAudio);
                break;
            case BridgeNote.Ready:
                member.IsReady = true;
                break;
            case BridgeNote.Held held:
                if (_isJoined) Order(member == _first ? _second : _first, new BridgeOrder.BeHeld(held.IsOn));
                return;
            case BridgeNote.Left left:
                Leave(member, left.Failure);
                return;
            default:
                throw new UnreachableException();
        }
        Advance();
    }

    private void Advance()
    {
        if (_isJoined || _first.Port is not { } firstPort || _second.Port is not { } secondPort) return;
        if (_first.IsReady && _second.IsReady)
        {
            _isJoined = true;
            Order(_first, new BridgeOrder.Join(_second.Leg, secondPort, terms.PassesDigitsTo(_first.Leg)));
            Order(_second, new BridgeOrder.Join(_first.Leg, firstPort, terms.PassesDigitsTo(_second.Leg)));
        }
        else
        {
            if (terms.AnswersAtOnce || _second.IsReady) AskForAnswer(_first);
            if (terms.AnswersAtOnce) AskForAnswer(_second);
            Entertain(_first, _second);
            Entertain(_second, _first);
            TellRinging();
        }
    }

    /// <summary>One that is called himself answers when he likes, and lets this pass.</summary>
    private void AskForAnswer(Member member)
    {
        if (member.IsReady || member.IsAskedForAnswer) return;
        member.IsAskedForAnswer = true;
        Order(member, new BridgeOrder.Answer());
    }

    /// <summary>After what may be heard, for early media says the same and more.</summary>
    private void TellRinging()
    {
        if (_hasToldRinging || terms.AnswersAtOnce || _first.IsReady || _second is not { IsRinging: true, IsReady: false }) return;
        _hasToldRinging = true;
        Order(_first, new BridgeOrder.Ring());
    }

    /// <summary>While one rings, the other hears it, and is heard where the far end's network listens already.</summary>
    private void Entertain(Member waiting, Member ringing)
    {
        if (ringing is not { IsReady: false, IsRinging: true, Port: { } port } || waiting.Port is not { } waitingPort) return;
        if (terms.PassesEarlyMedia && ringing.HasEarlyAudio)
        {
            if (waiting.Hears is Waits.EarlyMedia) return;
            waiting.Hears = Waits.EarlyMedia;
            Order(waiting, new BridgeOrder.HearEarly(port));
            Order(ringing, new BridgeOrder.HearEarly(waitingPort));
        }
        // One that nobody has answered yet has the tone of its own network.
        else if (waiting.IsReady && terms.Ringback is { } tone && waiting.Hears is Waits.Silence)
        {
            waiting.Hears = Waits.RingTone;
            Order(waiting, new BridgeOrder.HearRing(tone));
        }
    }

    private void Leave(Member gone, BridgeFailure? failure = null)
    {
        _isOver = true;
        var stays = gone == _first ? _second : _first;
        Order(stays, new BridgeOrder.Release(terms.HangsUp(stays.Leg, _isJoined)) { Failure = _isJoined ? null : failure });
    }

    /// <summary>Both are released by their rules.</summary>
    public override void Fail()
    {
        if (_isOver) return;
        Leave(_second);
        Order(_second, new BridgeOrder.Release(terms.HangsUp(_second.Leg, _isJoined)));
    }

    public override void Abandon() => _isOver = true;

    private void Order(Member member, BridgeOrder order) => shard.Send(member.Leg.Shard, new LegLetter.Ordered(member.Leg, id, order));

    private enum Waits { Silence, RingTone, EarlyMedia }

    private sealed class Member(LegId leg)
    {
        public LegId Leg { get; } = leg;
        /// <summary>Known once the leg has entered.</summary>
        public PortId? Port { get; set; }
        public bool IsReady { get; set; }
        public bool IsAskedForAnswer { get; set; }
        public bool IsRinging { get; set; }
        public bool HasEarlyAudio { get; set; }
        public Waits Hears { get; set; }
    }
}
