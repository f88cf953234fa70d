using System.Globalization;

namespace Ringwright.Suites;

/// <summary>What the launcher asks for: <c>./ringwright test</c> passes its own words on, and what its gates came to.</summary>
internal sealed record Options
{
    public required string Root { get; init; }

    public string? Reports { get; init; }

    public string? Unsteady { get; init; }

    public IReadOnlyList<string> Suites { get; init; } = [];

    /// <summary>Steps of the launcher that are run before the suites, and counted with them.</summary>
    public IReadOnlyList<string> Beside { get; init; } = [];

    public string? Filter { get; init; }

    public bool IsAll { get; init; }

    /// <summary>Only what changed since then is run; empty for where this branch left main.</summary>
    public string? Since { get; init; }

    /// <summary>Only says what would be run, and writes what the launcher builds for it.</summary>
    public bool IsPlan { get; init; }

    public int GatesPassed { get; init; }

    public int GatesFailed { get; init; }

    /// <summary>
    /// How long a suite may take that goes on saying something: what only a run of everything has takes twice as long as the gate.
    /// </summary>
    public TimeSpan Limit => Asked ?? TimeSpan.FromMinutes(IsAll ? 90 : 45);

    private TimeSpan? Asked { get; init; }

    /// <summary>How long a suite may say nothing; null for what fits its depth.</summary>
    public TimeSpan? Silence { get; init; }

    /// <exception cref="FormatException">A word that this does not know; the message says which.</exception>
    public static Options Read(IReadOnlyList<string> words)
    {
        var options = new Options { Root = "." };
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            string Next() => ++i < words.Count ? words[i] : throw new FormatException($"{word} needs a value");
            int Number() => int.Parse(Next(), CultureInfo.InvariantCulture);
            options = word switch
            {
                "--root" => options with { Root = Next() },
                "--reports" => options with { Reports = Next() },
                "--unsteady" => options with { Unsteady = Next() },
                "--suite" => options with { Suites = [.. options.Suites, Next()] },
                "--beside" => options with { Beside = [.. options.Beside, Next()] },
                "--filter" => options with { Filter = Next() },
                "--changed" => options with { Since = Next() },
                "--plan" => options with { IsPlan = true },
                "--all" => options with { IsAll = true },
                "--gates" => options with { GatesPassed = Number(), GatesFailed = Number() },
                "--seconds" => options with { Asked = TimeSpan.FromSeconds(Number()) },
                "--silence" => options with { Silence = TimeSpan.FromSeconds(Number()) },
                _ => throw new FormatException($"test does not know '{word}'"),
            };
        }
        return options;
    }
}
