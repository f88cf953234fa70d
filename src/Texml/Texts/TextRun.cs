using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Texts;

/// <summary>Something that a document asked for in answer to a text, and that was not done.</summary>
/// <param name="Cause">A sentence for its writer.</param>
/// <param name="Url">Without its query.</param>
/// <param name="Line">Null where it is of no one line.</param>
internal sealed record TextWarning(string Cause, string Url, int? Line);

/// <summary>What answering texts works with.</summary>
internal sealed record TextRunParts(EgressClient Egress, IDocumentRecords Records, DocumentTexts Texts, DownloadLinks Links,
    TimeProvider Time);

/// <summary>
/// One text's way through documents: what they send, and where they lead. Each text that is sent has a name that follows from the one that
/// came, so that a way which is gone again after a crash sends nothing twice.
/// </summary>
internal sealed class TextRun(TextRunParts parts, TextMessage come, CallCookies cookies)
{
    private readonly SecretReader _secrets = new(parts.Records, come.Tenant) { IsLiteral = true };
    private readonly List<TextWarning> _warnings = [];
    private int _sent;

    public IReadOnlyList<TextWarning> Warnings => _warnings;

    /// <param name="url">That of the documents; its fallback is asked where it is not to be had.</param>
    public async ValueTask AnswerAsync(NumberTexts documents, string url, CancellationToken stop)
    {
        if (come.Hops > Limits.TextHops)
        {
            Warn($"The text is not answered: {come.Hops} have been in answer to one another, all of them by documents", url);
            return;
        }
        var step = await GoAsync(new Step.Go(url, documents.Method, []), stop);
        if (step is Step.Failed failed && documents.FallbackUrl is { Length: > 0 } fallback)
        {
            Warn($"{failed.Message.TrimEnd('.')}; the fallback is asked for", failed.Url);
            step = await GoAsync(new Step.Go(fallback, documents.FallbackMethod,
                [new("ErrorCode", failed.Code), new("ErrorUrl", failed.Url)]), stop);
        }
        if (step is Step.Failed lost) Warn($"The text is not answered: {lost.Message}", lost.Url);
    }

    private async ValueTask<Step> GoAsync(Step.Go go, CancellationToken stop)
    {
        var told = TextWords.OfCome(come, parts.Links, parts.Time.GetUtcNow());
        Step step = go;
        for (int documents = 0; step is Step.Go next; documents++)
        {
            if (documents == Limits.IdleDocuments)
                return new Step.Failed(DocumentFetch.NotFetched, next.Url, $"{documents} documents lead from one to the next, to no end");
            string? token = await parts.Records.FindTokenAsync(come.Tenant, stop);
            // What is said of a text that was sent is told under the names of the one that came.
            var all = told.Where(one => next.More.All(more => more.Key != one.Key)).Concat(next.More).ToList();
            var fetched = await DocumentFetch.FetchAsync(parts.Egress, come.Tenant, next.Url, next.Method, all, _secrets, token, cookies,
                stop);
            step = fetched switch
            {
                { Problem: null, Root: { } root } => await RunAsync(root, new(fetched.Url), stop),
                { IsEmpty: true } => Step.Done,
                // Programs that only want to know what became of a text answer its action with whatever they like.
                { Code: not DocumentFetch.NotFetched } when next.OutlivesCall => Step.Done,
                { Plain: { Length: > 0 } words } when words[0] is not '<' => await SayAsync(words, fetched.Url, stop),
                _ => new Step.Failed(fetched.Code ?? DocumentFetch.NoDocument, fetched.Url,
                    fetched.Problem ?? $"it is {fetched.ContentType}, and no document"),
            };
        }
        return step;
    }

    private async ValueTask<Step> RunAsync(TexmlElement root, Uri at, CancellationToken stop)
    {
        foreach (var element in root.Children)
        {
            if (!TextSheet.Has(element.Name))
            {
                Warn($"{element.Name} does nothing in the answer to a text ({element.At})", at.AbsoluteUri);
                continue;
            }
            var values = new VerbValues(element, TextSheet.Attributes, isTwiml: true);
            foreach (string warning in values.Warnings) Warn(warning, at.AbsoluteUri);
            foreach (var child in element.Children.Where(inner => !TextSheet.Has(element.Name, inner.Name)))
                Warn($"{child.Name} cannot stand in {element.Name} ({child.At})", at.AbsoluteUri);
            if (element.Name is TextSheet.Redirect)
                return Resolve(element.Text, TextSheet.Redirect, element, at, TargetUse.Document) is { } next
                    ? new Step.Go(next, values.Method("method"), []) : Step.Done;
            string? action = values.Filled("action") is { } said ? Resolve(said, "action", element, at, TargetUse.Document) : null;
            var sent = await SendAsync(element, values, at, action, stop);
            if (action is null) continue;
            IReadOnlyList<KeyValuePair<string, string>> told = sent is null ? TextWords.Unsent : [.. TextWords.OfSent(sent)];
            return new Step.Go(action, values.Method("method"), told) { OutlivesCall = true };
        }
        return Step.Done;
    }

    private async ValueTask<Step> SayAsync(string words, string url, CancellationToken stop)
    {
        await SendAsync(new TextOrder(come.Tenant, come.To, come.From, words), url, place: "", stop);
        return Step.Done;
    }

    /// <param name="action">It is told what becomes of the text, too, where nobody else is: so its newer clients know it.</param>
    private async ValueTask<TextMessage?> SendAsync(TexmlElement element, VerbValues values, Uri at, string? action, CancellationToken stop)
    {
        var bodies = element.Children.Where(child => child.Name is TextSheet.Body).Select(child => child.Text).ToList();
        var files = new List<string>();
        foreach (var file in element.Children.Where(child => child.Name is TextSheet.Media))
            if (Resolve(file.Text, TextSheet.Media, file, at, TargetUse.Media) is { } found) files.Add(found);
        string? told = values.Filled("statusCallback") is { } said ? Resolve(said, "statusCallback", element, at, TargetUse.Webhook) : null;
        var callback = told is not null ? new TextCallback(told)
            : action is not null ? new TextCallback(action, values.Method("method")) : null;
        string from = NumberIn(values, "from") ?? come.To, to = NumberIn(values, "to") ?? come.From;
        var order = new TextOrder(come.Tenant, from, to, bodies.Count > 0 ? string.Concat(bodies) : element.OwnText)
        {
            Files = files, Callback = callback,
        };
        return await SendAsync(order, at.AbsoluteUri, $" ({element.At})", stop);
    }

    private async ValueTask<TextMessage?> SendAsync(TextOrder order, string url, string place, CancellationToken stop)
    {
        if (_sent == Limits.TextsOfAnswer)
        {
            Warn($"A text was not sent: {Limits.TextsOfAnswer} have been in answer to the one that came{place}", url);
            return null;
        }
        var answer = order with { Id = NamedUuid.Of($"{come.Id}\n{_sent++}"), Hops = come.Hops + 1 };
        var (text, obstacle) = await parts.Texts.SendAsync(answer, stop);
        if (obstacle is not null) Warn($"A text was not sent: {obstacle.Said}{place}", url);
        return text;
    }

    /// <summary>As people write it.</summary>
    private static string? NumberIn(VerbValues values, string name) =>
        values.Filled(name) is { } written ? WrittenNumber.Read(written, takesNational: true) : null;

    /// <summary>Relative to the document; empty is the document itself. Null where it may not be asked, which is told.</summary>
    private string? Resolve(string said, string what, TexmlElement element, Uri at, TargetUse use)
    {
        if (!Uri.TryCreate(at, said, out var url)) Warn($"{what} is no URL: {said} ({element.At})", at.AbsoluteUri);
        else if (parts.Egress.CheckUrl(url.AbsoluteUri, use) is { IsAllowed: false } verdict)
            Warn($"{what}: {verdict.Detail} ({element.At})", at.AbsoluteUri);
        else return url.AbsoluteUri;
        return null;
    }

    private void Warn(string cause, string url)
    {
        if (_warnings.Count < Limits.TextWarnings)
            _warnings.Add(new(Clipped.Of(cause, Limits.NoteCharacters), DocumentFetch.Shown(url), TexmlPlace.LineIn(cause)));
    }
}
