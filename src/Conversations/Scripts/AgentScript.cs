namespace Ringwright.Conversations.Scripts;

/// <summary>What an agent says and asks that thinks by rules: steps, of which each leads to others.</summary>
public sealed record AgentScript : AgentDefinition
{
    /// <summary>Said before the first step; empty for nothing.</summary>
    public required string Greeting { get; init; }
    public required string Start { get; init; }
    public required IReadOnlyDictionary<string, ScriptStep> Steps { get; init; }

    /// <summary>All that a choice is made by.</summary>
    public override IReadOnlyList<string> Hints =>
        [.. Steps.Values.SelectMany(step => step.Ask?.Choices ?? []).SelectMany(choice => choice.Words).Distinct().Take(100)];

    /// <summary>With the variables in what is said to a machine.</summary>
    /// <param name="known">Of the call; they stand over the script's own.</param>
    public ConversationTerms TermsOf(IReadOnlyDictionary<string, string> known)
    {
        if (Terms.Voicemail is not { } voicemail) return Terms;
        var all = new Dictionary<string, string>(Variables, StringComparer.Ordinal);
        foreach (var (name, value) in known) all[name] = value;
        return Terms with { Voicemail = voicemail with { Message = Template.Fill(voicemail.Message, all, Limits.ReplyCharacters) } };
    }
}

/// <summary>Something that is said, and one thing that comes behind it.</summary>
public sealed record ScriptStep
{
    /// <summary>Empty for nothing. {{name}} is a variable.</summary>
    public string Say { get; init; } = "";
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();
    /// <summary>What the conversation has come to; null leaves it as it is.</summary>
    public string? Outcome { get; init; }

    public ScriptAsk? Ask { get; init; }
    /// <summary>The first that holds; else <see cref="Go"/>.</summary>
    public IReadOnlyList<ScriptBranch> Branches { get; init; } = [];
    public string? Go { get; init; }
    public ScriptTransfer? Transfer { get; init; }
    public bool HangsUp { get; init; }
}

/// <summary>A question: one of some choices, or something that is kept in a variable.</summary>
public sealed record ScriptAsk
{
    public IReadOnlyList<ScriptChoice> Choices { get; init; } = [];
    public ScriptCollect? Collect { get; init; }
    public int Tries { get; init; } = 3;
    /// <summary>Said when an answer is none; null says the step's text again.</summary>
    public string? Invalid { get; init; }
    /// <summary>Said when nobody answers; null says the step's text again.</summary>
    public string? Silence { get; init; }
    /// <summary>Without an answer for so long it counts as a try.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(8);
    /// <summary>The step behind the last try.</summary>
    public required string Otherwise { get; init; }

    /// <summary>Whoever is not understood can answer by keys.</summary>
    public bool TakesKeys => Collect is { IsOfDigits: true } || Choices.Count > 0 && Choices.All(choice => choice.Digits is not null);

    public ListenTerms Listen => new()
    {
        Silence = Patience, IsDictation = Collect is not null,
        MostKeys = Collect is { IsOfDigits: true } collect ? collect.Most
            : Choices.Select(choice => choice.Digits?.Length ?? 0).DefaultIfEmpty(0).Max() is > 0 and var most ? most : Limits.TurnKeys,
    };
}

/// <param name="Words">Any of these phrases is this choice.</param>
/// <param name="Digits">So are these keys; null for none.</param>
public sealed record ScriptChoice(IReadOnlyList<string> Words, string? Digits, string Go);

/// <param name="IsOfDigits">Digits, by keys or words; else whatever is said.</param>
/// <param name="Least">Of digits, or of characters.</param>
public sealed record ScriptCollect(string Into, bool IsOfDigits, int Least, int Most, string Go);

public sealed record ScriptBranch(string Variable, string Is, string Go);

/// <param name="From">The caller id; null shows the number that was called.</param>
/// <param name="Failed">The step where nobody is reached.</param>
public sealed record ScriptTransfer(string To, string? From, string Failed)
{
    /// <summary>Said to whoever answers before he hears the caller; null for nothing.</summary>
    public string? Summary { get; init; }
}
