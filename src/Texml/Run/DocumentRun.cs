using Ringwright.Texml.Documents;
using Ringwright.Texml.Verbs;

namespace Ringwright.Texml.Run;

/// <summary>One way through documents: the first, and whichever its verbs lead to.</summary>
/// <param name="verbs">Those that may stand in it; null for all.</param>
internal sealed class DocumentRun(DocumentCall call, IReadOnlySet<string>? verbs = null)
{
    /// <summary>Until it ends: by <see cref="Step.End"/>, or by <see cref="Step.Failed"/> when a document is not to be had.</summary>
    public async ValueTask<Step> GoAsync(Step.Go go)
    {
        Step step = go;
        for (int idle = 0; step is Step.Go next; idle++)
        {
            if (idle == Limits.IdleDocuments)
                return new Step.Failed(DocumentFetch.NotFetched, next.Url, $"{idle} documents one after the other did nothing");
            var fetched = await call.FetchAsync(next.Url, next.Method, next.More, next.OutlivesCall);
            if (call.Language.IsTwiml) fetched = Heard(fetched);
            // In TeXML sounds are for who waits.
            if (fetched.Problem is null && (fetched.Root is null || SoundList.Is(fetched.ContentType)))
                fetched = fetched with { Code = DocumentFetch.NoDocument, Problem = $"it is {fetched.ContentType}, and no document" };
            if (fetched.Problem is { } problem) return new Step.Failed(fetched.Code!, fetched.Url, problem);
            await call.NoteAsync($"document {DocumentFetch.Shown(fetched.Url)} fetched by {next.Method}");
            call.Base = new(fetched.Url);
            long began = call.Parts.Time.GetTimestamp();
            step = await RunAsync(fetched.Root!);
            if (call.Parts.Time.GetElapsedTime(began) >= Limits.IdleDocument) idle = -1;
        }
        return step;
    }

    /// <summary>In TwiML a sound is played, and a plain text said, as if that were the document; not a text that looks like one.</summary>
    private static Fetched Heard(Fetched fetched)
    {
        var at = new TexmlPlace(1, 1);
        TexmlElement? verb = fetched switch
        {
            { Problem: null, Root: null } => new("Play", at) { Text = fetched.Url, OwnText = fetched.Url },
            { Plain: { Length: > 0 } text } when text[0] is not '<' => new("Say", at) { Text = text, OwnText = text },
            _ => null,
        };
        return verb is null ? fetched
            : fetched with { Root = new("Response", at) { Children = [verb] }, Code = null, Problem = null, Plain = null };
    }

    /// <summary>Verb by verb.</summary>
    public async ValueTask<Step> RunAsync(TexmlElement root)
    {
        var (outer, place) = (call.Variables, call.At);
        call.Variables = [];
        try
        {
            return await RunAllAsync(root, TexmlVariables.DeclaredIn(root));
        }
        finally
        {
            (call.Variables, call.At) = (outer, place);
        }
    }

    private async ValueTask<Step> RunAllAsync(TexmlElement root, IReadOnlySet<string> declared)
    {
        foreach (var written in root.Children)
        {
            var element = TexmlVariables.Fill(written, declared, call.Variables);
            call.At = element.At;
            var row = TexmlSheet.Elements.GetValueOrDefault(element.Name);
            if (row is not { Role: "verb" } || verbs?.Contains(element.Name) is false)
            {
                await call.WarnAsync($"{element.Name} is no verb that can stand here ({element.At})");
                continue;
            }
            var values = call.Read(element);
            IEnumerable<string> warnings = values.Warnings.Concat(TexmlPlaces.FaultsIn(element, row))
                .Concat(TexmlPlaces.DetailsIn(element, row).SelectMany(detail => call.Read(detail).Warnings));
            foreach (string warning in warnings) await call.WarnAsync(warning);
            await call.NoteAsync($"<{element.Name}> ({element.At})");
            var step = await VerbTable.All[element.Name](call, element, values);
            if (step is not Step.Onward) return step;
        }
        return Step.Done;
    }
}
