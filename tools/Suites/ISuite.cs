using Ringwright.Suites.Changes;

namespace Ringwright.Suites;

/// <summary>What a run asks of its suites.</summary>
/// <param name="Filter">Only tests whose names hold it; null for all.</param>
/// <param name="IsAll">Also the tests that are deeper than the gate.</param>
internal sealed record Ask(Tree Tree, string? Filter, bool IsAll, TimeSpan Limit)
{
    /// <summary>What tests and their rows read of it (tests/Testing/Depth.cs). Who names a test gets all of it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        // Half of what Interop and Node compute is compiling: each starts a hundred nodes, of three processes each.
        ["RINGWRIGHT_PROGRAM"] = Tree.Ahead ?? "",
        ["RINGWRIGHT_DEPTH"] = IsAll || Filter is not null ? "all" : "gate",
        ["RINGWRIGHT_FAMILIES"] = string.Join('|', Change?.Families ?? []),
        // A web server of a test looks for an appsettings.json, and watches each folder of the tree lest one should come.
        ["DOTNET_hostBuilder__reloadConfigOnChange"] = "false", ["ASPNETCORE_hostBuilder__reloadConfigOnChange"] = "false",
    };

    /// <summary>
    /// The same for suites of the gate, which map the pages of compiled code once. A run of everything maps them twice, as nodes do.
    /// </summary>
    public IReadOnlyDictionary<string, string> EnvironmentOfGate => IsAll || Filter is not null ? Environment
        : new Dictionary<string, string>(Environment) { ["DOTNET_EnableWriteXorExecute"] = "0" };

    /// <summary>
    /// The same for suites whose nodes live for seconds: a fifth of what those compute is compiling once more what they run for the last
    /// time. A run of everything has that too, as nodes have that run for months.
    /// </summary>
    public IReadOnlyDictionary<string, string> EnvironmentOfNodes => IsAll || Filter is not null ? Environment
        : new Dictionary<string, string>(EnvironmentOfGate) { ["DOTNET_TC_CallCountingDelayMs"] = "5000" };

    /// <summary>How long a suite may say nothing: its verbose log has a line when a test begins and one when it ends.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(IsAll ? 15 : 5);

    public Patience Patience => new(Limit) { Silence = Silence };

    /// <summary>What cut a suite off that ended with this; null where nothing did. One that only took too long has had its time.</summary>
    public string? WhyCutOff(int status) => status == Command.Silent ? $"said nothing for {Silence.TotalSeconds:0} s"
        : Command.SignalOf(status) is { } signal ? $"was ended by signal {signal}" : null;

    /// <summary>Where a suite that is cut off is told at once, line by line.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Ends when others wait for a suite that runs beside them, which takes its share of the processors from then on.</summary>
    public Task WaitedFor { get; init; } = Task.CompletedTask;

    /// <summary>What a change asks for, where only that is run.</summary>
    public ChangePlan? Change { get; init; }

    /// <summary>The classes that are run of a suite (files, of Node); null for all.</summary>
    public IReadOnlyList<string>? ClassesOf(string suite) => Change?.Picks.FirstOrDefault(pick => pick.Suite == suite)?.Classes;
}

/// <summary>One suite and how it is run.</summary>
internal interface ISuite
{
    string Name { get; }

    /// <summary>It computes and waits for nothing.</summary>
    bool IsPatient { get; }

    /// <summary>
    /// It runs at the lowest priority, beside those that measure real time, until they wait for it. Not where a node of its own has calls: one that gets no
    /// processor for half a minute loses them.
    /// </summary>
    bool IsBeside => IsPatient;

    /// <summary>
    /// Real sockets, processes and clocks: a failed test is tried once more, alone. A test of a suite that is the same at each run gets
    /// no second try; a suite that was cut off is run once more as a whole, whichever it is.
    /// </summary>
    bool HasSecondTry { get; }

    /// <summary>
    /// A step that makes what this suite runs faster with, or a suite that it would disturb: this one begins when that has ended, whichever
    /// way. Null where it needs none, and the same where the run has no such step.
    /// </summary>
    string? Behind => null;

    Task<SuiteReport> RunAsync(Ask ask);

    /// <summary>Runs what <see cref="RanTest.Method"/> names once more, alone; true if it passes.</summary>
    Task<bool> TryAgainAsync(Ask ask, string method, int number);
}
