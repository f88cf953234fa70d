using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Scripts;

/// <summary>A script as its author writes it. What is not known is refused by its place, and so is a step that there is not.</summary>
internal static class ScriptParser
{
    /// <summary>The node's own recogniser, which knows words and no sentences.</summary>
    private const string BuiltIn = "built-in";

    private const int Name = 64, Text = 3_000, Phrase = 100, Steps = 500, Choices = 50, Phrases = 50, Digits = 32, Tries = 20;

    public static (AgentScript? Script, string? Fault) Read(string json)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(json, documentOptions: new()
            {
                AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false,
            });
        }
        catch (JsonException bad)
        {
            string line = bad.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $", in line {number + 1}") : "";
            return (null, $"it is no JSON, or has a name twice{line}");
        }
        if (node is not JsonObject all) return (null, "it must be a JSON object");
        var fault = new FirstFault();
        var script = Read(new ScriptReader(all, "", fault));
        return fault.Text is { } text ? (null, text) : (script, null);
    }

    private static AgentScript Read(ScriptReader all)
    {
        var steps = ReadSteps(all);
        string start = Step(all, "start", steps);
        string language = all.Text("language", 35) ?? "en-US";
        string? recogniser = all.Text("recogniser", Name);
        var script = new AgentScript
        {
            Language = language, Voice = all.Text("voice", Phrase) ?? "", Recogniser = recogniser,
            Greeting = all.Text("greeting", Text) ?? "", Variables = all.Map("variables", Steps, Text), Start = start, Steps = steps,
            KeepsTranscript = all.Flag("transcript", false), Terms = ReadTerms(all, language, recogniser is not BuiltIn, steps.Values),
        };
        all.Close();
        foreach (var (name, step) in steps) CheckTargets(all.Fault, name, step, steps);
        return script;
    }

    private static ConversationTerms ReadTerms(ScriptReader all, string language, bool hasPunctuation, IEnumerable<ScriptStep> steps)
    {
        var usual = TurnTerms.Usual with { HasPunctuation = hasPunctuation };
        var terms = new ConversationTerms
        {
            Language = language, Turns = usual,
            TimeLimit = all.Seconds("time_limit_secs", 1, 14_400) ?? TimeSpan.FromMinutes(30),
            IdleTimeout = all.Seconds("user_idle_timeout_secs", 1, 3_600),
            GoesOnDeaf = steps.All(step => step.Ask is not { TakesKeys: false }),
        };
        terms = terms with { Sorry = all.Text("sorry", Text) ?? terms.Sorry, Apology = all.Text("apology", Text) ?? terms.Apology };
        if (all.Object("interruptions") is { } interruptions)
        {
            terms = terms with
            {
                Interruptions = new()
                {
                    IsEnabled = interruptions.Flag("enable", true),
                    ProtectsGreeting = interruptions.Flag("disable_greeting_interruption", false),
                },
            };
            interruptions.Close();
        }
        if (all.Object("turns") is not { } turns) return terms;
        terms = terms with
        {
            Turns = usual with
            {
                Wait = turns.Seconds("wait_seconds", 0, 5) ?? usual.Wait,
                OnPunctuation = turns.Seconds("on_punctuation_seconds", 0, 10) ?? usual.OnPunctuation,
                OnNumber = turns.Seconds("on_number_seconds", 0, 10) ?? usual.OnNumber,
                OnNoPunctuation = turns.Seconds("on_no_punctuation_seconds", 0, 10) ?? usual.OnNoPunctuation,
                HasPunctuation = turns.Flag("recogniser_has_punctuation", hasPunctuation),
            },
        };
        turns.Close();
        return terms;
    }

    private static Dictionary<string, ScriptStep> ReadSteps(ScriptReader all)
    {
        var steps = new Dictionary<string, ScriptStep>(StringComparer.Ordinal);
        if (all.Object("steps") is not { } inner)
        {
            all.Refuse("steps", "must be there");
            return steps;
        }
        foreach (string name in inner.Names(Steps))
            if (inner.Object(name) is { } step) steps[name] = ReadStep(step);
        return steps;
    }

    private static ScriptStep ReadStep(ScriptReader step)
    {
        int ways = new[] { "ask", "go", "transfer", "hangup" }.Count(step.Has);
        if (ways != 1) step.Fault.Set(step.Path, "must have exactly one of ask, go, transfer and hangup");
        if (step.Has("branch") && !step.Has("go")) step.Refuse("branch", "needs go, for when none of it holds");
        if (step.Has("hangup") && !step.Flag("hangup", true)) step.Refuse("hangup", "must be true");
        var read = new ScriptStep
        {
            Say = step.Text("say", Text) ?? "", Set = step.Map("set", Steps, Text), Outcome = step.Text("outcome", Phrase),
            Go = step.Text("go", Name), HangsUp = step.Has("hangup"),
            Ask = step.Object("ask") is { } ask ? ReadAsk(ask) : null,
            Transfer = step.Object("transfer") is { } transfer ? ReadTransfer(transfer) : null,
            Branches = step.Has("branch") ? [.. step.Objects("branch", Choices).Select(ReadBranch)] : [],
        };
        if (read.Ask is not null && read.Say.Length == 0) step.Refuse("say", "must ask something");
        step.Close();
        return read;
    }

    private static ScriptAsk ReadAsk(ScriptReader ask)
    {
        if (ask.Has("choices") == ask.Has("collect")) ask.Fault.Set(ask.Path, "must have exactly one of choices and collect");
        var read = new ScriptAsk
        {
            Choices = ask.Has("choices") ? [.. ask.Objects("choices", Choices).Select(ReadChoice)] : [],
            Collect = ask.Object("collect") is { } collect ? ReadCollect(collect) : null,
            Tries = ask.Whole("tries", 1, Tries) ?? 3, Invalid = ask.Text("invalid", Text), Silence = ask.Text("silence", Text),
            Patience = ask.Seconds("seconds", 1, 120) ?? TimeSpan.FromSeconds(8), Otherwise = ask.Needed("otherwise", Name),
        };
        ask.Close();
        return read;
    }

    private static ScriptChoice ReadChoice(ScriptReader choice)
    {
        var read = new ScriptChoice(choice.Has("words") ? choice.Texts("words", Phrases, Phrase) : [], ReadDigits(choice),
            choice.Needed("go", Name));
        if (read.Words.Count == 0 && read.Digits is null) choice.Fault.Set(choice.Path, "must have words, digits or both");
        choice.Close();
        return read;
    }

    private static string? ReadDigits(ScriptReader choice)
    {
        if (choice.Text("digits", Digits) is not { } digits) return null;
        // A # ends an entry.
        if (digits.Length == 0 || !digits.All(digit => char.IsAsciiDigit(digit) || digit == '*'))
            choice.Refuse("digits", "must be of 0-9 and *");
        return digits;
    }

    private static ScriptCollect ReadCollect(ScriptReader collect)
    {
        string kind = collect.Needed("kind", Name);
        if (kind is not ("digits" or "words")) collect.Refuse("kind", "must be digits or words");
        bool isOfDigits = kind is "digits";
        int most = isOfDigits ? Digits : Text;
        var read = new ScriptCollect(collect.Needed("into", Name), isOfDigits, collect.Whole("minimum", 1, most) ?? 1,
            collect.Whole("maximum", 1, most) ?? most, collect.Needed("go", Name));
        if (read.Least > read.Most) collect.Refuse("minimum", "must not be above maximum");
        collect.Close();
        return read;
    }

    private static ScriptBranch ReadBranch(ScriptReader branch)
    {
        var read = new ScriptBranch(branch.Needed("variable", Name), branch.Text("is", Text) ?? "", branch.Needed("go", Name));
        if (!branch.Has("is")) branch.Refuse("is", "must be there");
        branch.Close();
        return read;
    }

    private static ScriptTransfer ReadTransfer(ScriptReader transfer)
    {
        var read = new ScriptTransfer(transfer.Needed("to", Phrase), transfer.Text("from", Phrase), transfer.Needed("failed", Name));
        transfer.Close();
        return read;
    }

    private static string Step(ScriptReader from, string name, Dictionary<string, ScriptStep> steps)
    {
        string step = from.Needed(name, Name);
        if (step.Length > 0 && !steps.ContainsKey(step)) from.Refuse(name, $"there is no step {step}");
        return step;
    }

    private static void CheckTargets(FirstFault fault, string name, ScriptStep step, Dictionary<string, ScriptStep> steps)
    {
        IEnumerable<string?> targets = [step.Go, step.Ask?.Otherwise, step.Ask?.Collect?.Go, step.Transfer?.Failed,
            .. step.Ask?.Choices.Select(choice => choice.Go) ?? [], .. step.Branches.Select(branch => branch.Go)];
        foreach (string? target in targets)
            if (target is not null && !steps.ContainsKey(target)) fault.Set($"steps.{name}", $"there is no step {target}");
    }
}
