using System.Diagnostics;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Has attempts that call nobody carried out, and tells their targets what became of that.</summary>
/// <param name="looked">Has a campaign looked at.</param>
internal sealed class LoneDialling(DiallerParts parts, Action<CampaignRun> looked)
{
    public const string Normal = "normal", Failed = "failed", Lost = "lost", NoRoom = "no_room";

    private static readonly TimeSpan AfterBusy = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();     // has no timer
    private readonly Settlement _settlement = new(parts);

    /// <summary>Whatever runs ends now.</summary>
    public Task CutOffAsync() => _stop.CancelAsync();

    /// <summary>From its claim to its end.</summary>
    /// <returns>Whether it was carried out.</returns>
    public async Task<bool> RunAsync(CampaignRun run, DialAttempt attempt)
    {
        var now = parts.Time.GetUtcNow();
        if (parts.Alone is not { } alone || run.Terms.Application is not { } application)
        {
            await _settlement.ReturnAsync(attempt, NoRoom, now + AfterBusy, CancellationToken.None).ConfigureAwait(false);
            return false;
        }
        if (!alone.HasRoom(attempt.Tenant))
        {
            run.Room.Refused(now);
            await _settlement.ReturnAsync(attempt, NoRoom, now + LineRoom.Rest, CancellationToken.None).ConfigureAwait(false);
            return false;
        }
        // It is written first: what dies behind this has been begun, as far as anybody knows.
        if (!await parts.Store.DialAttempts.BeginAloneAsync(attempt, now, CancellationToken.None).ConfigureAwait(false)) return false;
        bool hasBegun = false;
        void Begun()
        {
            if (hasBegun) return;
            hasBegun = true;
            if (run.Room.Took(parts.Time.GetUtcNow())) looked(run);
        }
        LoneEnd end;
        try
        {
            end = await alone.RunAsync(attempt, application, Begun, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            parts.Log.LoneAttemptBroke(failed, attempt.Id);
            end = LoneEnd.Lost;
        }
        // Others may have taken the room since it was asked about. Whatever has failed before it began met no limit.
        if (end is LoneEnd.Refused) run.Room.Refused(parts.Time.GetUtcNow());
        else Begun();
        var outcome = await OutcomeOfAsync(attempt with { EndedAt = parts.Time.GetUtcNow() }, run, end).ConfigureAwait(false);
        await parts.Store.DialAttempts.SettleAsync(outcome, AttemptState.Answered, parts.Time.GetUtcNow(), CancellationToken.None)
            .ConfigureAwait(false);
        return end is not LoneEnd.Refused;
    }

    private async ValueTask<AttemptOutcome> OutcomeOfAsync(DialAttempt ended, CampaignRun run, LoneEnd end) => end switch
    {
        LoneEnd.Done => new(ended, AttemptJudge.Success, Normal, Due: null),
        LoneEnd.Failed => new(ended, AttemptJudge.Fail, Failed,
            await _settlement.RetryAtAsync(ended, run, Failed, CancellationToken.None).ConfigureAwait(false)),
        LoneEnd.Lost => LostOf(ended),
        LoneEnd.Refused => new(ended, AttemptJudge.Fail, NoRoom, ended.EndedAt + AfterBusy, IsReturned: true),
        _ => throw new UnreachableException(),
    };

    /// <summary>What of it was done nobody knows: it is not done again.</summary>
    public static AttemptOutcome LostOf(DialAttempt attempt) => new(attempt, AttemptJudge.Fail, Lost, Due: null);
}
