using Ringwright.Suites;
using Ringwright.Suites.Against;
using Ringwright.Suites.Changes;

if (args is ["against", .. var more]) return await AgainstCommand.RunAsync(more);

ISuite[] known =
[
    // Seconds, and what it finds is certain: it is said before the long ones begin.
    new XunitSuite("Architecture", isPatient: true, hasSecondTry: false) { IsBeside = false },
    new XunitSuite("Contract", isPatient: true, hasSecondTry: false) { IsBeside = false },
    new XunitSuite("Edge", isPatient: false, hasSecondTry: true),
    new XunitSuite("Interop", isPatient: false, hasSecondTry: true) { StartsNodes = true },
    new NodeSuite(),
    new XunitSuite("Pure", isPatient: true, hasSecondTry: false),
    new XunitSuite("Simulation", isPatient: true, hasSecondTry: false),
];

Options options;
try
{
    options = Options.Read(args);
}
catch (FormatException wrong)
{
    Console.Error.WriteLine($"ringwright: {wrong.Message}");
    return 2;
}
if (options.Suites.FirstOrDefault(name => !known.Any(suite => suite.Name == name)) is { } unknown)
{
    string names = string.Join(' ', known.Select(suite => suite.Name));
    Console.Error.WriteLine($"ringwright: there is no suite '{unknown}' (there are: {names})");
    return 2;
}

string root = Path.GetFullPath(options.Root);
var tree = new Tree(root, Path.GetFullPath(options.Reports ?? Path.Combine(root, "artifacts", "test")));
ChangePlan? change = null;
if (options.Since is { } since)
{
    try
    {
        change = await Change.SinceAsync(tree, since, known, options.IsPlan ? Console.WriteLine : _ => { });
    }
    catch (FormatException wrong)
    {
        Console.Error.WriteLine($"ringwright: {wrong.Message}");
        return 2;
    }
    if (options.IsPlan) return 0;
}
if (Directory.Exists(tree.Reports)) Directory.Delete(tree.Reports, recursive: true);
Directory.CreateDirectory(tree.Reports);

var ask = new Ask(tree, options.Filter, options.IsAll, options.Limit) { Change = change, Say = Console.WriteLine };
if (options.Silence is { } silence) ask = ask with { Silence = silence };
var run = new Run(ask, Console.WriteLine);
ISuite[] chosen =
[
    .. known.Where(suite => change is null ? options.Suites.Count == 0 || options.Suites.Contains(suite.Name)
        : change.Picks.Any(pick => pick.Suite == suite.Name)),
];
await run.AllAsync(
[
    .. options.Beside.Select(step => new LauncherStep(step)),
    .. chosen.Any(suite => suite is NodeSuite) ? (ISuite[])[new NodePackages()] : [],
    .. chosen,
]);

var faults = new List<string>(new UnsteadyList(options.Unsteady ?? tree.Unsteady).Take(run.Unsteady));
if (options is { IsAll: true, Filter: null, Since: null, Suites.Count: 0 })
    faults.AddRange(new Durations(tree.Durations).Write(run.Reports));
var closing = Summary.Closing(run.Reports, run.Unsteady, faults, options.GatesPassed, options.GatesFailed);
Summary.Write(tree.Report("summary", "md"), run.Reports, closing);
foreach (string line in closing) Console.WriteLine(line);
bool isGood = options.GatesFailed == 0 && faults.Count == 0 && run.Reports.All(report => report.Failed == 0)
    && run.Reports.Any(report => report.Passed > 0);
return isGood ? 0 : 1;
