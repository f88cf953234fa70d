namespace Ringwright.Conversations.Scripts;

/// <summary>A script as its author writes it. What is not known is refused by its place, and so is a step that there is not.</summary>
internal static class ScriptParser
{
    private const int Name = 64, Text = 3_000, Phrase = 100, Steps = 500, Choices = 50, Phrases = 50, Digits = 32, Tries = 20;

    public static AgentScript Read(ScriptReader all)
    {
        var steps = ReadSteps(all);
        string start = Step(all, "start", steps);
        var script = DefinitionParser.ReadManner(all, new AgentScript
        {
            Greeting = all.Text("greeting", Text) ?? "", Start = start, Steps = steps,
            Terms = new() { GoesOnDeaf = steps.Values.All(step => step.Ask is not { TakesKeys: false }) },
        });
        all.Close();
        foreach (var (name, step) in steps) CheckTargets(all.Fault, name, step, steps);
        return script;
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
        var read = new ScriptTransfer(transfer.Needed("to", Phrase), transfer.Text("from", Phrase), transfer.Needed("failed", Name))
        {
            Summary = transfer.Text("summary", Text),
        };
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
