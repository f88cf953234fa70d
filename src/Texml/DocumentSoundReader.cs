using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;
using Ringwright.Texml.Verbs;

namespace Ringwright.Texml;

/// <summary>
/// What a URL lets be heard outside of a call's own document: a sound itself, or what a document plays and says. Other verbs cannot be
/// heard, which makes a document with them none of these.
/// </summary>
public sealed class DocumentSoundReader(EgressClient egress, Database store) : IDocumentSounds
{
    private readonly DocumentRecords _records = new(store);

    public bool IsKept(TenantId account, string url) => RecordingIn(account, url, isTwiml: false) is not null;

    public async ValueTask<DocumentSounds> ReadAsync(SoundsAsked asked, CancellationToken stop)
    {
        if (RecordingIn(asked.Tenant, asked.Url, asked.IsTwiml) is { } kept)
            return new([new(new PromptSource.Recording(kept), 1)], [], null);
        var heard = new Heard(egress, asked.Tenant, asked.IsTwiml);
        var secrets = new SecretReader(_records, asked.Tenant) { IsLiteral = asked.IsTwiml };
        var (url, method) = (asked.Url, asked.Method);
        var read = new HashSet<string>(StringComparer.Ordinal);
        for (int documents = 0; documents <= Limits.Redirects; documents++)
        {
            var fetched = await DocumentFetch.FetchAsync(egress, asked.Tenant, url, method, asked.Parameters, secrets, asked.Token,
                cookies: null, stop);
            if (fetched.Problem is { } problem) return None(secrets.Redact($"{problem} ({DocumentFetch.Shown(fetched.Url)})"));
            if (fetched.Root is not { } root)
            {
                heard.Add(new PromptSource.Url(fetched.Url), 1);
                return heard.Done(secrets);
            }
            var at = new Uri(fetched.Url);
            read.UnionWith([url, at.AbsoluteUri]);
            if (heard.Read(root, at) is not { } next) return heard.Done(secrets);
            // It begins again: so does what is repeated, without being asked for, and what is heard once is over.
            if (heard.IsAny && read.Contains(next.Url)) return heard.Done(secrets);
            (url, method) = next;
        }
        return None($"it leads from document to document, more than {Limits.Redirects} times");
    }

    private static Guid? RecordingIn(TenantId account, string url, bool isTwiml) =>
        isTwiml ? TwimlLanguage.RecordingIn(account, url) : TexmlLanguage.RecordingIn(account, url);

    private static DocumentSounds None(string problem) => new([], [], problem);

    private sealed class Heard(EgressClient egress, TenantId tenant, bool isTwiml)
    {
        private readonly List<DocumentSound> _sounds = [];
        private readonly List<string> _warnings = [];
        private string? _problem;

        public bool IsAny => _sounds.Count > 0;

        public void Add(PromptSource source, int loops) => _sounds.Add(new(source, loops));

        public DocumentSounds Done(SecretReader secrets) => _problem is not null ? None(secrets.Redact(_problem))
            : _sounds.Count == 0 ? None("it plays and says nothing")
            : new(_sounds, [.. _warnings.Select(secrets.Redact)], null);

        /// <returns>Where it goes on; null when this is all.</returns>
        public (string Url, string Method)? Read(TexmlElement root, Uri at)
        {
            foreach (var element in root.Children)
            {
                var values = new VerbValues(element, isTwiml);
                _warnings.AddRange(values.Warnings);
                if (element.Name is "Redirect" && Resolve(element.Text, at, TargetUse.Document) is { } url)
                    return (url, values.Method("method"));
                if (SourceOf(element, values, at) is { } source) Add(source, element.Name is "Pause" ? 1 : values.Whole("loop") ?? 1);
                if (_problem is null && _sounds.Count > Limits.Prompts) _problem = $"it has more than {Limits.Prompts} sounds";
                if (_problem is not null) return null;
            }
            return null;
        }

        private PromptSource? SourceOf(TexmlElement element, VerbValues values, Uri at)
        {
            if (element.Name is "Pause") return SilenceOf(values.Whole("length") ?? 1);
            if (element.Name is "Play" && values.Flag("mediaStorage")) return new PromptSource.Stored(element.Text);
            if (element.Name is "Play" && RecordingIn(tenant, element.Text, isTwiml) is { } recording)
                return new PromptSource.Recording(recording);
            if (element.Name is "Play" && element.Text.Length > 0)
                return Resolve(element.Text, at, TargetUse.Media) is { } url ? new PromptSource.Url(url) : null;
            if (element.Name is "Say" && SayVerb.SpeechOf(element, values, out _problem) is { } speech) return speech;
            _problem ??= $"{element.Name} cannot be heard there ({element.At})";
            return null;
        }

        private string? Resolve(string said, Uri at, TargetUse use)
        {
            if (!Uri.TryCreate(at, said, out var url)) _problem = $"{said} is no URL";
            else if (egress.CheckUrl(url.AbsoluteUri, use) is not { IsAllowed: false } verdict) return url.AbsoluteUri;
            else _problem = verdict.Detail ?? "its URL is not allowed";
            return null;
        }

        private static PromptSource.Tone SilenceOf(int seconds) => new(0, 0, 0, seconds * 1_000, seconds * 1_000);
    }
}
