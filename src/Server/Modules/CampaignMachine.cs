using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Programs;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>A machine has answered a campaign's call: it may be left a message, and the attempt came to that.</summary>
internal sealed class CampaignMachine(Database store, MachineTerms terms, DialAttempt attempt)
{
    /// <summary>For the end of its greeting; a little longer than whoever listens for that.</summary>
    private static readonly TimeSpan ForTone = TimeSpan.FromSeconds(35);

    /// <param name="message">Null where nothing is to be left, or cannot be.</param>
    public async ValueTask TakeAsync(IProgramCall call, PromptSource.Speech? message)
    {
        bool isLeft = message is not null && await IsToneAsync(call) && await SayAsync(call, message);
        await EndAsync(call, isLeft ? terms.Reason : MachineTerms.Machine);
    }

    /// <summary>The call ends, and its attempt came to that.</summary>
    public async ValueTask EndAsync(IProgramCall call, string reason)
    {
        await store.DialAttempts.AskAsync(attempt.Tenant, attempt.Id, reason, CancellationToken.None);
        await call.SendAsync(new LegCommand.Hangup { Evidence = "A machine has answered." });
    }

    /// <summary>Whoever waits in vain reads no more of the call: it is ended then.</summary>
    private static async ValueTask<bool> IsToneAsync(IProgramCall call)
    {
        var due = call.WaitAsync(ForTone);
        var tone = call.NextAsync<CallEvent.MachineGreetingEnded>().AsTask();
        return await Task.WhenAny(tone, due) == tone && await tone is not null;
    }

    /// <returns>False where it was not heard to its end.</returns>
    private static async ValueTask<bool> SayAsync(IProgramCall call, PromptSource.Speech message)
    {
        var id = Guid.CreateVersion7();
        if (!(await call.SendAsync(new LegCommand.Speak { Id = id, Speech = message })).IsAccepted) return false;
        while (await call.NextAsync() is { } happened)
            if (happened is CallEvent.SpeakEnded ended && ended.Speak == id) return ended.Status is PlayStatus.Completed;
        return false;
    }
}
