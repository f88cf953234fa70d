using Ringwright.Calls;
using Ringwright.Telnyx.Voice.Calls;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>One whom a Dial rings: a number or a SIP URI.</summary>
/// <param name="Values">The attributes of its Number or Sip; null where the number is Dial's own text.</param>
internal sealed record DialCallee(string To, VerbValues? Values)
{
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
    /// <summary>As they were written.</summary>
    public IReadOnlyList<TexmlAttribute> Attributes { get; init; } = [];

    /// <summary>Both ring by the same attributes and headers, and encrypted or not, so that one request is enough.</summary>
    public bool IsAlike(DialCallee other) => Headers.SequenceEqual(other.Headers) && Attributes.Count == other.Attributes.Count
        && Attributes.All(mine => other.Attributes.Any(one => one.Name == mine.Name && one.Value == mine.Value))
        && DialDestination.Secured([To]).Encryption == DialDestination.Secured([other.To]).Encryption;
}

/// <summary>Whom a Dial rings, and how.</summary>
internal static class DialTargets
{
    /// <summary>Empty when there is nobody: told as a warning.</summary>
    public static async ValueTask<IReadOnlyList<DialCallee>> ReadAsync(DocumentCall call, TexmlElement element)
    {
        var nouns = element.Children.Where(child => child.Name is "Number" or "Sip").ToList();
        foreach (var other in element.Children.Where(child => child.Name is not ("Number" or "Sip")))
            await call.WarnAsync($"{other.Name} cannot stand beside others in Dial ({other.At})");
        var targets = new List<DialCallee>();
        foreach (var noun in nouns.Take(Limits.Targets))
        {
            var values = call.Read(noun);
            foreach (string warning in values.Warnings) await call.WarnAsync(warning);
            if (noun.Text.Length == 0) await call.WarnAsync($"{noun.Name} names nobody ({noun.At})");
            else targets.Add(Read(call, noun.Text, noun.Name is "Sip", values) with { Attributes = noun.Attributes });
        }
        if (nouns.Count > Limits.Targets) await call.WarnAsync($"Dial rings {Limits.Targets} at once and no more ({element.At})");
        // Not that of elements which may not stand there.
        if (nouns.Count == 0 && element.OwnText.Length > 0) targets.Add(Read(call, element.OwnText, isSip: false, null));
        else if (element.OwnText.Length > 0) await call.WarnAsync($"the text of Dial does nothing beside {nouns[0].Name} ({element.At})");
        if (targets.Count == 0) await call.WarnAsync($"Dial names nobody ({element.At})");
        await LeaveOutAsync(call, element, targets);
        return targets;
    }

    /// <summary>Who cannot be called hinders nobody else; where nobody can be, the Dial is refused.</summary>
    private static async ValueTask LeaveOutAsync(DocumentCall call, TexmlElement element, List<DialCallee> targets)
    {
        var wrong = targets.FindAll(target => !DialDestination.IsCallable(target.To));
        if (wrong.Count == targets.Count) return;
        foreach (var target in wrong)
        {
            targets.Remove(target);
            await call.WarnAsync($"{target.To} is no number in +E.164 format and no SIP URI, and is not rung ({element.At})");
        }
    }

    /// <summary>A SIP URI is one also where a number is asked for.</summary>
    private static DialCallee Read(DocumentCall call, string text, bool isSip, VerbValues? values)
    {
        List<CustomSipHeader> headers = [];
        string to = isSip || IsSip(text) ? SipOf(text, headers) : NumberOf(call, text);
        return new(to, values) { Headers = headers };
    }

    /// <summary>Who is shown to whoever is dialled: a number as people write it, or a SIP URI as it is.</summary>
    public static string CallerOf(DocumentCall call, string text) => IsSip(text) ? text : NumberOf(call, text);

    /// <summary>There are no clients here: the name of one is shown beside the number that the call is from. Null for none.</summary>
    public static string? ClientIn(string text)
    {
        const string client = "client:";
        return text.StartsWith(client, StringComparison.OrdinalIgnoreCase) && text.Length > client.Length ? text[client.Length..] : null;
    }

    private static bool IsSip(string text) => text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);

    private static string NumberOf(DocumentCall call, string text) => WrittenNumber.Read(text, call.Language.TakesNationalNumbers);

    /// <summary>Headers come behind a question mark: X-…=value.</summary>
    private static string SipOf(string text, List<CustomSipHeader> headers)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        string uri = query < 0 ? text : text[..query];
        if (query >= 0)
        {
            foreach (string pair in text[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = pair.Split('=', 2);
                if (parts.Length == 2 && headers.All(header => header.Name != parts[0]))
                    headers.Add(new(parts[0], Uri.UnescapeDataString(parts[1])));
            }
        }
        return IsSip(uri) ? uri : "sip:" + uri;
    }
}
