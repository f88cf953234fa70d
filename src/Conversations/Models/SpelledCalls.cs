using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// Calls of tools that a model writes as code: <c>[NAME(CITY="Ulm", DAYS=2)]</c> as Llama, LFM2 and Gemma 3 were taught it, alone, in a
/// list or within <c>print()</c>; <c>functions.NAME({…})</c> as others do where they forget how to call; and <c>call:NAME{…}</c> as
/// later Gemmas have it.
/// </summary>
/// <param name="names">Of the tools that there are: no words of a conversation have a bracket right behind one.</param>
internal sealed class SpelledCalls(IReadOnlyList<string> names)
{
    private const string Print = "print(", Gemma = "call:", Method = ".call";

    /// <summary>No beginning of a call is longer: a name and what stands before it.</summary>
    private const int LongestOpen = 96;

    /// <summary>What stands before a name, which nobody is to hear either.</summary>
    private static readonly string[] Before = ["", "functions.", "default_api.", "tools.", "[", Print, Print + "default_api."];

    private readonly string[] _opens =
    [
        .. names.SelectMany(name => Before.Select(before => $"{before}{name}(")), .. names.Select(name => $"{Gemma}{name}{{"),
    ];

    /// <summary>Where the first one begins that may be a call; -1 where none does.</summary>
    /// <param name="before">The sign before the text.</param>
    public int First(string text, char before)
    {
        int first = -1;
        foreach (string open in _opens)
        {
            int at = text.IndexOf(open, StringComparison.Ordinal);
            while (at >= 0 && IsWithinWord(at == 0 ? before : text[at - 1])) at = text.IndexOf(open, at + 1, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first)) first = at;
        }
        return first;
    }

    /// <summary>How much of the end may be the beginning of one.</summary>
    /// <inheritdoc cref="First"/>
    public int Begun(string text, char before)
    {
        for (int at = Math.Max(0, text.Length - LongestOpen); at < text.Length; at++)
        {
            if (IsWithinWord(at == 0 ? before : text[at - 1])) continue;
            foreach (string open in _opens)
                if (open.AsSpan().StartsWith(text.AsSpan(at), StringComparison.Ordinal)) return text.Length - at;
        }
        return 0;
    }

    /// <summary>The call that begins there.</summary>
    /// <returns>
    /// With <c>name</c> and <c>arguments</c>, and where it ends; null where it is none, and whether that is because the text ends before
    /// it does.
    /// </returns>
    public static (JsonObject? Call, int Behind, bool IsShort) ReadAt(string text, int from)
    {
        int at = from;
        if (text[at] is '[') at++;
        if (text.AsSpan(at).StartsWith(Print, StringComparison.Ordinal)) at += Print.Length;
        bool isGemma = text.AsSpan(at).StartsWith(Gemma, StringComparison.Ordinal);
        if (isGemma) at += Gemma.Length;
        int end = at;
        while (end < text.Length && SpelledReader.IsOfName(text[end])) end++;
        if (end == text.Length) return (null, from, true);
        bool isLoose = isGemma && text[end] is '{';
        if (end == at || text[end] is not '(' && !isLoose) return (null, from, false);
        string name = text[at..end];
        if (name.EndsWith(Method, StringComparison.Ordinal) && name.Length > Method.Length) name = name[..^Method.Length];
        var reader = new SpelledReader(text, end + 1, isLoose);
        var arguments = isLoose ? reader.Members('}') : reader.Arguments();
        if (arguments is null) return (null, from, reader.IsShort);
        return (new() { ["name"] = name, ["arguments"] = arguments }, reader.At, false);
    }

    /// <summary>All that stand between two marks and are whole.</summary>
    public static IReadOnlyList<JsonObject> ReadAll(string written)
    {
        var calls = new List<JsonObject>();
        for (int at = 0; at < written.Length;)
        {
            bool mayBegin = char.IsAsciiLetter(written[at]) && (at == 0 || !SpelledReader.IsOfName(written[at - 1]));
            if (mayBegin && ReadAt(written, at) is ({ } call, var behind, _))
            {
                calls.Add(call);
                at = behind;
            }
            else at++;
        }
        return calls;
    }

    private static bool IsWithinWord(char sign) => char.IsLetterOrDigit(sign) || sign is '_';
}
