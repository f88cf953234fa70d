using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Documents;

namespace Ringwright.Texml.Run;

/// <summary>
/// Commands a call by documents: the one that whoever placed it named, or its application's; carries out verb by verb, and hangs up behind
/// the last one. Another that the call is told to run takes the place of what runs. When a document is not to be had, its fallback is
/// asked for; when there is none either, the call ends as failed and says why.
/// </summary>
internal sealed class DocumentProgram(TexmlParts parts) : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var leg = call.Leg;
        var document = new DocumentCall(call, parts, parts.Routing.Current.FindConnection(leg.Tenant, leg.Connection));
        try
        {
            await document.BegunAsync();
            await RunAsync(document, isReplaced: false);
        }
        catch (CallOverException)
        {
            // Whoever ended it has said so.
        }
        return null;
    }

    /// <param name="isReplaced">Something ran before, of which nothing is to be left.</param>
    public static async ValueTask RunAsync(DocumentCall call, bool isReplaced)
    {
        for (bool isFirst = !isReplaced; ; isFirst = false)
        {
            var order = call.TakeOrder();
            try
            {
                if (call.Leg is { Direction: Direction.Outbound, AnsweredAt: null }) await call.NextAsync<CallEvent.LegAnswered>();
                string? answeredBy = isFirst ? await Detection.AwaitAsync(call) : null;
                if (answeredBy is not null && call.Language.IsTwiml)
                    await call.SendAsync(new LegCommand.SetLabels { Labels = Labels.Of((TexmlLabels.ToldAnswerer, answeredBy)) });
                if (!isFirst) await ClearAsync(call);
                if (order is not null) await SettleAsync(call, order);
                await RunAsync(call, order, answeredBy is null ? [] : [new("AnsweredBy", answeredBy)]);
                return;
            }
            catch (ReplacedException)
            {
                // On to what takes its place.
            }
        }
    }

    private static async ValueTask RunAsync(DocumentCall call, DocumentOrder? order, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        var run = new DocumentRun(call);
        var application = call.Application;
        Step step;
        if (order?.Text is { } text) step = await RunTextAsync(call, run, text, more);
        else if (order?.Url is { } url) step = await run.GoAsync(new(url, order.Method!, more));
        else if (application?.WebhookUrl is { Length: > 0 } voice) step = await run.GoAsync(new(voice, application.WebhookMethod, more));
        else step = new Step.Failed(DocumentFetch.NotFetched, "", "the application has no voice_url");
        if (step is Step.Failed failed && Fallback(call) is var (method, fallback))
        {
            await call.WarnAsync($"{failed.Message} ({DocumentFetch.Shown(failed.Url)}); the fallback is asked for", failed.Url);
            step = await run.GoAsync(new(fallback, method, [new("ErrorCode", failed.Code), new("ErrorUrl", failed.Url)]));
        }
        if (step is Step.Failed lost)
        {
            await FailAsync(call, lost);
            return;
        }
        // A document that has nothing more to say cuts off nobody; one that says so hangs up.
        if (step is Step.Stop { IsHangup: false }) await call.UntilAloneAsync();
        await call.SendAsync(new LegCommand.Hangup { Evidence = "The document has ended." });
    }

    /// <summary>
    /// A document that was given itself: relative URLs in it are relative to the application's, and of a call that none has placed to the
    /// document that ran before.
    /// </summary>
    private static async ValueTask<Step> RunTextAsync(DocumentCall call, DocumentRun run, string text,
        IReadOnlyList<KeyValuePair<string, string>> more)
    {
        call.Base = Uri.TryCreate(call.Application?.WebhookUrl, UriKind.Absolute, out var voice) ? voice : call.Base;
        try
        {
            var root = TexmlReader.Read(await call.Secrets.RenderAsync(text, [.. call.Parameters, .. more], call.Stop));
            var step = await run.RunAsync(root);
            return step is Step.Go go ? await run.GoAsync(go) : step;
        }
        catch (TexmlException bad)
        {
            return new Step.Failed(DocumentFetch.NoDocument, "", $"{bad.Message} ({bad.At})");
        }
    }

    private static (string Method, string Url)? Fallback(DocumentCall call)
    {
        if (call.Leg.Labels[TexmlLabels.Fallback]?.Split(' ', 2) is [var method, var url]) return (method, url);
        return call.Application is { WebhookFailoverUrl: { Length: > 0 } usual } application
            ? (application.WebhookFailoverMethod ?? application.WebhookMethod, usual) : null;
    }

    /// <summary>Nothing of what ran before is heard, asked or joined any more. What goes on beside documents goes on.</summary>
    private static async ValueTask ClearAsync(DocumentCall call)
    {
        (call.Interrupts, call.TakesDigits) = (null, false);
        await call.NoteAsync("another document takes the place of this one");
        // One that has nothing of the kind refuses it.
        await call.SendAsync(new LegCommand.Park());
        await call.SendAsync(new LegCommand.StopGather());
        await call.SendAsync(new LegCommand.StopPlayback(StopWhat.All));
    }

    /// <summary>It is not taken again, and the leg need not carry it any longer; what happened before is let go.</summary>
    private static async ValueTask SettleAsync(DocumentCall call, DocumentOrder order)
    {
        if (order.IsTaken) return;
        string taken = order.Taken.ToString();
        var ack = await call.SendAsync(new LegCommand.SetLabels { Labels = Labels.Of((TexmlLabels.Document, taken)) });
        // Then the label keeps what is taken already, and nothing changes that could be waited for.
        if (!ack.IsAccepted) return;
        await call.NextAsync<CallEvent.LabelsChanged>(e => e.Leg.Labels[TexmlLabels.Document] == taken);
    }

    private static async ValueTask FailAsync(DocumentCall call, Step.Failed lost)
    {
        string message = $"{lost.Message} ({DocumentFetch.Shown(lost.Url)})";
        await call.WarnAsync(message, lost.Url);
        message = call.Secrets.Redact(message);
        var hangup = new LegCommand.Hangup
        {
            Cause = HangupCause.Internal, Evidence = $"There is no document: {message}",
            Labels = Labels.Of((TexmlLabels.ErrorCode, lost.Code), (TexmlLabels.ErrorMessage, Clipped.Of(message, 300))),
        };
        // Where documents before have filled the labels, the call ends without these.
        if (!(await call.SendAsync(hangup)).IsAccepted) await call.SendAsync(hangup with { Labels = null });
    }
}
