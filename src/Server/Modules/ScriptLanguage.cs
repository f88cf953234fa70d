using Ringwright.Delivery;

namespace Ringwright.Server.Modules;

/// <summary>Documents that command calls, as commands and the operator's API know them: a module's language.</summary>
/// <param name="Name">Of its command.</param>
/// <param name="Languages">Whose words may stand in them; the first is the usual one.</param>
/// <param name="Check">What is wrong with one: its bytes, the content type that a server gave it, and one of the languages.</param>
internal sealed record ScriptLanguage(string Name, IReadOnlyList<string> Languages,
    Func<ReadOnlyMemory<byte>, string?, string, IReadOnlyList<ScriptFault>> Check)
{
    /// <summary>Why a text is no document at all; null when it is one, whatever its words are.</summary>
    public required Func<string, string?> FaultOf { get; init; }

    /// <summary>What a document says and plays, filled with what a request said of its call; empty when it is none.</summary>
    public required Func<ReadOnlyMemory<byte>, IReadOnlyList<KeyValuePair<string, string>>, IReadOnlyList<ScriptWords>> WordsOf
    {
        get;
        init;
    }

    /// <summary>Where customers make applications that documents command.</summary>
    public required string ApplicationPath { get; init; }

    /// <summary>Where they place calls, by their account.</summary>
    public required Func<string, string> CallPath { get; init; }

    /// <summary>Of what is told about such calls.</summary>
    public required IWebhookFormat Callbacks { get; init; }
}

/// <summary>One thing that is wrong with a document, or that does nothing on this node.</summary>
/// <param name="Line">From 1, as <paramref name="Column"/>.</param>
/// <param name="IsError">Wrong; else only without effect.</param>
/// <param name="Accepted">What would be accepted there; null where <paramref name="What"/> says it.</param>
internal sealed record ScriptFault(int Line, int Column, bool IsError, string What, string? Accepted);

/// <summary>What is said or played by the verb at this place.</summary>
internal sealed record ScriptWords(int Line, int Column, string Text);
