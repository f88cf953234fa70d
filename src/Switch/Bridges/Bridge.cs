using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Bridges;

/// <summary>
/// Legs on their way to each other, then joined. Knows them by messages only: they may live on other shards and may leave at any time.
/// It forms once, when all who are still there are ready, and is over as soon as one alone is left; that one is released by its rules.
/// </summary>
internal sealed class Bridge(ShardContext shard, BridgeId id, BridgeTerms terms, Joining joining) : Actor
{
    private const int FewestMembers = 2;

    private readonly List<Member> _members = [.. terms.Members.Select(member => new Member(member))];
    private bool _isJoined, _isOver;

    public override Subject Address => new(SubjectKind.Bridge, id.Value);
    public override bool IsEnded => _isOver;
    public override bool IsGone => _isOver;

    public BridgeTerms Terms => terms;

    private BridgeRoom Room => field ??= new(shard, this);

    /// <summary>Those who have not left, in the order of the terms.</summary>
    public IReadOnlyList<Member> Members => _members;

    public override Ack? Handle(ShardMessage.ToActor message)
    {
        switch ((BridgeMessage)message)
        {
            case BridgeMessage.Form form:
                Start(form.Correlation);
                break;
            case BridgeMessage.Noted noted:
                if (Find(noted.From) is { } member) OnNote(member, noted.Note);
                break;
            case BridgeMessage.Media media:
                Room.OnMedia(media.What);
                break;
            default:
                throw new UnreachableException();
        }
        return null;
    }

    public void Order(Member member, BridgeOrder order) => shard.Send(member.Leg.Shard, new LegMessage.Ordered(member.Leg, id, order));

    /// <summary>All who are left are released by their rules.</summary>
    public override void Fail()
    {
        if (!_isOver) End(failure: null);
    }

    public override void Abandon()
    {
        _isOver = true;
        Room.End();
    }

    /// <param name="correlation">Of the command that asks for the bridge; the second leg answers it, for the first has agreed.</param>
    private void Start(long? correlation)
    {
        for (int i = 0; i < _members.Count; i++)
        {
            LegId? only = _members[i].Terms.StaysBridged ? _members[i == 0 ? 1 : 0].Leg : null;
            Order(_members[i],
                new BridgeOrder.Invite(i == 1 ? correlation : null, _members[i].Terms.Record, terms.HasRivals && i == 0, only));
        }
    }

    private void OnNote(Member member, BridgeNote note)
    {
        switch (note)
        {
            case BridgeNote.Entered entered:
                (member.Port, member.IsReady) = (entered.Port, entered.IsReady);
                break;
            case BridgeNote.Ringing ringing:
                (member.IsRinging, member.HasEarlyAudio, member.IsAlerting) = (true, ringing.HasAudio, ringing.IsAlerting);
                break;
            case BridgeNote.Ready:
                member.IsReady = true;
                break;
            case BridgeNote.Held held:
                if (_isJoined) joining.Hold(this, member, held.IsOn);
                return;
            case BridgeNote.Supervised supervised:
                member.Supervisors = supervised.By;
                if (_isJoined) Room.Follow();
                return;
            case BridgeNote.Left left:
                Leave(member, left);
                return;
            default:
                throw new UnreachableException();
        }
        Advance();
    }

    private void Advance()
    {
        if (_isJoined || !_members.TrueForAll(member => member.Port is not null)) return;
        if (_members.TrueForAll(member => member.IsReady))
        {
            _isJoined = true;
            joining.Join(this);
        }
        else
        {
            foreach (var member in _members) AskForAnswer(member);
            joining.Await(this);
        }
    }

    /// <summary>One that is called himself answers when he likes, and lets this pass.</summary>
    private void AskForAnswer(Member member)
    {
        if (member.IsReady || member.IsAskedForAnswer || !MayBeAnswered(member)) return;
        member.IsAskedForAnswer = true;
        Order(member, new BridgeOrder.Answer());
    }

    private bool MayBeAnswered(Member member) => member.Terms.Answer switch
    {
        MemberAnswer.AtOnce => true,
        MemberAnswer.WithOthers => AreReadyBut(member),
        MemberAnswer.Unasked => false,
        _ => throw new UnreachableException(),
    };

    private bool AreReadyBut(Member one)
    {
        foreach (var member in _members)
            if (member != one && !member.IsReady) return false;
        return true;
    }

    private void Leave(Member gone, BridgeNote.Left left)
    {
        _members.Remove(gone);
        if (_members.Count < FewestMembers) End(left.Failure, left.IsWon, left.IsElsewhere);
        else Advance();
    }

    /// <param name="failure">Why the last that left was never answered.</param>
    /// <param name="isLost">It was joined to another's rival.</param>
    /// <param name="isElsewhere">Somebody else has answered its caller.</param>
    private void End(BridgeFailure? failure, bool isLost = false, bool isElsewhere = false)
    {
        _isOver = true;
        if (_isJoined) Room.End();
        foreach (var member in _members)
            Order(member,
                new BridgeOrder.Release(member.Terms.HangsUp(_isJoined))
                {
                    Failure = _isJoined ? null : failure, IsLost = isLost, IsElsewhere = isElsewhere,
                });
    }

    private Member? Find(LegId leg)
    {
        foreach (var member in _members)
            if (member.Leg == leg) return member;
        return null;
    }
}
