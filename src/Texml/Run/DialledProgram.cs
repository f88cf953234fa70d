using Ringwright.Calls;

namespace Ringwright.Texml.Run;

/// <summary>
/// Commands a leg that a document has dialled: lets its party hear the document that is for it alone, and tells of its end, and of whom
/// its party refers the caller to.
/// </summary>
internal sealed class DialledProgram(DialledCall dialled, TexmlParts parts) : ICallProgram
{
    private static readonly HashSet<string> BeforeTheTwoAreJoined = ["Say", "Play", "Pause", "Gather", "Redirect", "Hangup", "Reject"];

    private bool _isGone;

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var leg = call.Leg;
        CallEvent.LegEnded? over = null;
        var document = new DocumentCall(call, parts, parts.Routing.Current.FindConnection(leg.Tenant, leg.Connection))
        {
            Ended = ended => over = ended
        };
        try
        {
            await RunAsync(document);
        }
        catch (CallOverException)
        {
            // Told below.
        }
        finally
        {
            // Also after a fault: whoever dialled waits for it.
            if (over is not null) dialled.Tell(new DialledNews.Over(over));
            else if (!_isGone) dialled.Tell(new DialledNews.Gone(call.Leg));
        }
        return null;
    }

    private async ValueTask RunAsync(DocumentCall call)
    {
        try
        {
            var answered = (CallEvent.LegAnswered)await call.NextAsync(happened => happened is CallEvent.LegAnswered, dialled.Dismissed);
            bool isTaken = dialled.Whisper is not { } whisper
                || await IsTakenAsync(call, whisper with { More = [.. call.Language.OfAnswer(answered.Answer)] });
            if (isTaken) dialled.Tell(new DialledNews.Ready(call.Leg) { Answer = answered.Answer });
            else await call.SendAsync(new LegCommand.Hangup { Evidence = "The party did not take the call." });
            while (true)
                if (await call.NextAsync(happened => happened is CallEvent.ReferAsked, dialled.Dismissed) is CallEvent.ReferAsked asked)
                    await DecideAsync(call, asked);
        }
        catch (ReplacedException)
        {
            _isGone = true;
            dialled.Tell(new DialledNews.Gone(call.Leg));
            await DocumentProgram.RunAsync(call, isReplaced: true);
        }
        catch (OperationCanceledException) when (dialled.Dismissed.IsCancellationRequested)
        {
            await call.SendAsync(new LegCommand.Hangup { Evidence = "The document that dialled it has let it go." });
            await call.NextAsync(_ => false);
        }
    }

    /// <summary>The document that dialled it says whether the caller goes on elsewhere: then this leg has nobody any more.</summary>
    private async ValueTask DecideAsync(DocumentCall call, CallEvent.ReferAsked asked)
    {
        var referral = new DialledNews.Refers(call.Leg, asked.Target);
        dialled.Tell(referral);
        bool goesOn = await referral.Decision.WaitAsync(dialled.Dismissed);
        await call.SendAsync(new LegCommand.AnswerReferral(goesOn ? 200 : 503));
        if (goesOn) await call.SendAsync(new LegCommand.Hangup { Evidence = "It referred the caller, who goes on with another document." });
    }

    /// <returns>False when its document hung up.</returns>
    private static async ValueTask<bool> IsTakenAsync(DocumentCall call, Step.Go whisper)
    {
        var step = await new DocumentRun(call, BeforeTheTwoAreJoined).GoAsync(whisper);
        if (step is Step.Failed failed) await call.WarnAsync($"url: {failed.Message} ({DocumentFetch.Shown(failed.Url)})", failed.Url);
        // The document's end joins the two; a Hangup in it does not.
        return step is not Step.Stop { IsHangup: true };
    }
}
