using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>
/// What lives on other nodes of the installation, as the engine's commands meet it: they go there, and a join that would need media
/// between nodes is refused.
/// </summary>
/// <param name="forwarder">Null where there are no other nodes, as <paramref name="names"/> is.</param>
internal sealed class OtherNodes(int node, Func<ShardAddress, bool> isHere, ICallForwarder? forwarder, ISharedNames? names)
{
    private const string Rule = "other_node";

    /// <summary>The command names something that may be on another node.</summary>
    public static bool MayConcern(LegCommand command) =>
        command is LegCommand.CreateConference or LegCommand.JoinConference or LegCommand.Bridge or LegCommand.BridgeQueue;

    /// <summary>Of this node nothing lives elsewhere: what an earlier start had has ended.</summary>
    public async ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        var answer = forwarder is not null && IsOther(to.Address) ? await forwarder.SendAsync(to, command, stop) : Refusal.AlreadyEnded;
        return answer.Refusal is Refusal.AlreadyEnded && to.Kind is SubjectKind.Conference ? Refusal.ConferenceEnded : answer;
    }

    /// <summary>Whether a leg of this node may be asked to join what the command names.</summary>
    public async ValueTask<Refusal> JudgeAsync(LegId asker, LegCommand command, CancellationToken stop)
    {
        if (command is not LegCommand.CreateConference create) return await JudgeAsync(command, stop);
        return names is not null && await names.IsElsewhereAsync(SubjectKind.Conference, asker, create.Name, stop)
            ? OfTaken(create) : Refusal.None;
    }

    /// <returns>Null when nothing that the new leg is to be joined to is on another node.</returns>
    public async ValueTask<Dialled?> JudgeAsync(DialRequest request, CancellationToken stop)
    {
        if (request.Link is { JoinsOnAnswer: true, To: var linked } && IsOther(new(linked.Value)))
            return Refused("The call that it is to be joined to");
        if (request.Supervises is { Of: var supervised } && IsOther(new(supervised.Value))) return Refused("The call to be supervised");
        if (request.Conference is LegCommand.CreateConference create)
        {
            return names is not null && await names.IsElsewhereAsync(SubjectKind.Conference, request.Tenant, create.Name, stop)
                ? Refused("The conference") : null;
        }
        return request.Conference is { } command && await JudgeAsync(command, stop) is Refusal.OnOtherNode
            ? Refused("The conference") : null;
    }

    /// <summary>Nobody waits in this node's queue of that name: somebody may in another's, who cannot be talked to from here.</summary>
    public async ValueTask<Ack> OfEmptyAsync(LegId asker, string queue, CancellationToken stop) =>
        names is not null && await names.IsElsewhereAsync(SubjectKind.Queue, asker, queue, stop)
            ? Refusal.OnOtherNode : Refusal.QueueEmpty;

    private async ValueTask<Refusal> JudgeAsync(LegCommand command, CancellationToken stop)
    {
        if (command is LegCommand.Bridge { Peer: var peer }) return await ReachAsync(Subject.Of(peer), Refusal.AlreadyEnded, stop);
        return command is LegCommand.JoinConference { Conference: var conference }
            ? await ReachAsync(Subject.Of(conference), Refusal.ConferenceEnded, stop) : Refusal.None;
    }

    private static Refusal OfTaken(LegCommand.CreateConference create) =>
        create.JoinsExisting ? Refusal.OnOtherNode : Refusal.ConferenceNameTaken;

    private async ValueTask<Refusal> ReachAsync(Subject other, Refusal gone, CancellationToken stop)
    {
        if (isHere(other.Address)) return Refusal.None;
        if (!IsOther(other.Address)) return gone;
        return names is not null && await names.HasEndedAsync(other, stop) ? gone : Refusal.OnOtherNode;
    }

    private bool IsOther(ShardAddress place) => forwarder is not null && place.Node != node;

    private static Dialled Refused(string what) => Dialled.Refused(Refusal.OnOtherNode, Rule,
        $"{what} is on another node of this installation, and audio does not go between nodes. Dial at that node.");
}
