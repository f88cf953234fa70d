using Ringwright.Core;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Run;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Verbs;

/// <summary>URLs in documents: relative ones are relative to the document.</summary>
internal static class Actions
{
    /// <summary>Null when it is no URL that may be asked, which is told as a warning.</summary>
    public static async ValueTask<string?> ResolveAsync(DocumentCall call, string url, string what, TargetUse use = TargetUse.Document)
    {
        if (!Uri.TryCreate(call.Base, url, out var resolved) || !resolved.IsAbsoluteUri)
        {
            await call.WarnAsync($"{what} is no URL: {url}");
            return null;
        }
        if (use is TargetUse.Socket && IsRelative(url)) resolved = SocketAt(resolved);
        var verdict = call.Parts.Egress.CheckUrl(resolved.AbsoluteUri, use);
        if (verdict.IsAllowed) return resolved.AbsoluteUri;
        await call.WarnAsync($"{what}: {verdict.Detail}");
        return null;
    }

    /// <summary>What is signed of a socket's handshake: the URL as it was written, and of a relative one what its server sees.</summary>
    public static string SignedOf(string said, string url) => IsRelative(said) ? TwimlSignature.UrlOf(new(url)) : said;

    /// <summary>Without a scheme (RFC 3986, section 4.2).</summary>
    private static bool IsRelative(string url) => url.AsSpan().IndexOfAny(":/?#") is var at && (at < 0 || url[at] != ':');

    /// <summary>Of the server that the document is from, in the open or not as that was.</summary>
    private static Uri SocketAt(Uri url) => new UriBuilder(url)
    {
        Scheme = url.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs, Port = url.IsDefaultPort ? -1 : url.Port,
    }.Uri;

    /// <summary>On to the attribute's URL, with these parameters; the next verb when there is none, or a bad one.</summary>
    /// <param name="outlivesCall">It is told what came of the verb, also where that has ended with the call.</param>
    public static async ValueTask<Step> GoAsync(DocumentCall call, VerbValues values, IReadOnlyList<KeyValuePair<string, string>> more,
        bool usesDocument, string attribute = "action", bool outlivesCall = false)
    {
        string? said = values.Filled(attribute);
        if (said is null && usesDocument && call.Base is null)
            await call.WarnAsync($"{attribute} is missing, and the document has no URL that could stand for it");
        string? url = said is null ? usesDocument ? call.Base?.AbsoluteUri : null : await ResolveAsync(call, said, attribute);
        return url is null ? Step.Next : new Step.Go(url, values.Method("method"), more) { OutlivesCall = outlivesCall };
    }

    /// <summary>Of a verb that has ended with its call: the action is told what came of it, and its answer is for nobody.</summary>
    public static async ValueTask TellAsync(DocumentCall call, VerbValues values, IReadOnlyList<KeyValuePair<string, string>> more)
    {
        if (await call.UntilEndAsync() is null || Find(call, values, TargetUse.Document) is not { } url) return;
        try
        {
            await call.FetchAsync(url, values.Method("method"), more, outlivesCall: true);
        }
        catch (ObjectDisposedException)
        {
            // The node has stopped meanwhile.
        }
    }

    /// <summary>The action where it is one that may be asked; of one that may not whoever goes there is told.</summary>
    public static string? Find(DocumentCall call, VerbValues values, TargetUse use) =>
        values.Filled("action") is { } said && Uri.TryCreate(call.Base, said, out var resolved) && resolved.IsAbsoluteUri
            && call.Parts.Egress.CheckUrl(resolved.AbsoluteUri, use).IsAllowed ? resolved.AbsoluteUri : null;

    /// <summary>For a label: where a callback goes. Null without a URL, or with a bad one.</summary>
    /// <param name="method">The attribute; null for those that have none, and go by POST.</param>
    public static async ValueTask<string?> CallbackAsync(DocumentCall call, VerbValues values, string url, string? method,
        IEnumerable<string> events) =>
        values.Filled(url) is { } said && await ResolveAsync(call, said, url, TargetUse.Webhook) is { } resolved
            ? TexmlLabels.Of(method is null ? "POST" : values.Method(method), events, resolved) : null;
}
