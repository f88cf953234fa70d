using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Chakra.Clicks;

/// <summary>
/// What comes next for calls that ring an agent first: the customer is called when the agent answers, and the agent is let go when the
/// customer is gone. All that is needed stands on the legs.
/// </summary>
internal sealed class ClickDesk(ILogger log)
{
    /// <summary>Labels: of both legs the call's id, of the agent's whom to call and from whom, of the customer's the agent's.</summary>
    public const string Click = "chakra.click", To = "chakra.to", From = "chakra.from", Agent = "chakra.agent";

    /// <summary>Legs that are over are remembered a little longer, should their batch be written again.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<LegId, byte> _done = new();
    private readonly ConcurrentQueue<LegId> _order = new();

    /// <summary>Null until calls can be made.</summary>
    public ICallControl? Calls { get; set; }

    public static Labels LabelsOf(string click, string to, string from) => Labels.Of((Click, click), (To, to), (From, from));

    /// <summary>On the thread that commits it: what is to be done is done on another one.</summary>
    public void On(CallEvent happened)
    {
        var leg = happened.Leg;
        if (leg.Labels[Click] is not { } click || Calls is not { } calls) return;
        if (happened is CallEvent.LegAnswered && leg.Labels[To] is { } to && IsFirst(leg.Id))
        {
            _ = Task.Run(() => SendAsync(calls, leg.Id, new LegCommand.Transfer
            {
                To = to, From = leg.Labels[From], TargetLabels = Labels.Of((Click, click), (Agent, leg.Id.ToString())),
            }));
        }
        else if (happened is CallEvent.LegEnded && leg.Labels[Agent] is { } text && LegId.TryParse(text, out var agent) && IsFirst(leg.Id))
        {
            _ = Task.Run(() => SendAsync(calls, agent, HangUp("The customer is not there, or is gone.")));
        }
    }

    private async Task SendAsync(ICallControl calls, LegId leg, LegCommand command)
    {
        try
        {
            var ack = await calls.SendAsync(leg, command, CancellationToken.None);
            if (!ack.IsAccepted && command is LegCommand.Transfer)
                await calls.SendAsync(leg, HangUp($"The customer cannot be called: {ack.Refusal}."), CancellationToken.None);
        }
        catch (Exception failed)
        {
            log.ClickNotGoneOn(failed, leg);
        }
    }

    private static LegCommand.Hangup HangUp(string why) => new() { Cause = HangupCause.ApiHangup, Evidence = why };

    private bool IsFirst(LegId leg)
    {
        if (!_done.TryAdd(leg, 0)) return false;
        _order.Enqueue(leg);
        while (_order.Count > Most && _order.TryDequeue(out var old)) _done.TryRemove(old, out _);
        return true;
    }
}
