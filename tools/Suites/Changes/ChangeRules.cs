namespace Ringwright.Suites.Changes;

/// <summary>
/// From changed files to what is built and run of it (CONTRIBUTING.md says it in words). Suites that compute run whole where they refer to
/// what changed; those that wait for real time run the folders of the projects that changed and of those that refer to them.
/// </summary>
/// <param name="suites">All suites, in the order of the run.</param>
/// <param name="testsOf">The files of a suite; those of Testing by its name.</param>
/// <param name="isThere">A changed file that is not there was deleted.</param>
internal sealed class ChangeRules(IReadOnlyList<ISuite> suites, ProjectGraph graph, ChangedFamilies families,
    Func<string, IReadOnlyList<TestFile>> testsOf, Func<string, bool> isThere)
{
    public const string Contract = "Contract", Node = "Node";
    private const string Architecture = "Architecture", Testing = "Testing", Program = "Server", NodeFolder = "tests/Interop/node/";
    private const string Examples = "examples/", ExamplesTest = "examples.test.js";
    private const string ExamplesInCSharp = "examples/csharp/", TestOfThose = "/CSharpExampleTests.cs";

    private readonly HashSet<string> _whole = [], _projects = [], _code = [], _nodeFiles = [];
    // By suite: files that changed, and files that read what changed.
    private readonly Dictionary<string, HashSet<TestFile>> _seeds = [], _readers = [];

    public ChangePlan Plan(IReadOnlyList<string> changed)
    {
        if (changed.Count == 0) return new ChangePlan([], [], null, []);
        _whole.Add(Architecture);
        foreach (string path in changed) Take(path);
        // Where its own files changed too, no row may be left out. A page changes none.
        bool isWide = _code.Count == 0 || _whole.Contains(Contract) || Of(_seeds, Contract).Count > 0;
        var reached = graph.Reached(_projects);
        _whole.UnionWith(suites.Where(suite => suite.IsPatient && reached.Contains(suite.Name)).Select(suite => suite.Name));
        var picks = suites.Select(suite => Pick(suite, reached)).OfType<SuitePick>().ToList();
        var full = picks.Where(pick => pick.Classes is null).Select(pick => pick.Suite).ToHashSet();
        return new ChangePlan([.. _projects.Order(StringComparer.Ordinal)], picks, isWide ? null : families.Of(_code),
            [.. suites.Select(suite => suite.Name).Where(name => !full.Contains(name))
                .Select(name => picks.Exists(pick => pick.Suite == name) ? $"the rest of {name}" : name)]);
    }

    private void Take(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..], end = Path.GetExtension(name);
        if (end == ".md" || path.StartsWith("docs/", StringComparison.Ordinal)) TakePage(path, name);
        else if (path.StartsWith(NodeFolder, StringComparison.Ordinal)) TakeNode(name);
        else if (path.StartsWith(ExamplesInCSharp, StringComparison.Ordinal))
            AddReaders(file => file.Path.EndsWith(TestOfThose, StringComparison.Ordinal));
        else if (path.StartsWith(Examples, StringComparison.Ordinal)) TakeNode(ExamplesTest);
        else if (graph.OwnerOf(path) is { } owner)
        {
            if (!owner.Folder.StartsWith("tests/", StringComparison.Ordinal))
            {
                _projects.Add(owner.Name);
                if (graph.Reached([owner.Name]).Contains(Contract)) _code.Add(path);
            }
            else if (end != ".cs") TakeWhole(owner.Name);
            else if (isThere(path)) TakeTest(owner.Name, path);
        }
        else if (path.StartsWith("tests/", StringComparison.Ordinal)) TakeData(path, name);
        else if (IsOfTheBuild(path, end)) _whole.UnionWith(suites.Select(suite => suite.Name));
        else AddReaders(file => IsTyping(file) && file.Quotes(path));
    }

    private static bool IsOfTheBuild(string path, string end) => path.StartsWith("src/", StringComparison.Ordinal)
        || end is ".props" or ".targets" or ".slnx" or ".globalconfig" || path is "global.json" or ".editorconfig";

    private static HashSet<TestFile> Of(Dictionary<string, HashSet<TestFile>> files, string suite) =>
        files.TryGetValue(suite, out var found) ? found : files[suite] = [];

    private void TakeWhole(string project) =>
        _whole.UnionWith(graph.Reached([project]).Intersect(suites.Select(suite => suite.Name)));

    // A file of Testing is one more file of each suite that refers to it.
    private void TakeTest(string project, string path)
    {
        foreach (string suite in graph.Reached([project]).Where(name => suites.Any(suite => suite.Name == name)))
            Of(_seeds, suite).UnionWith(FilesOf(suite).Where(file => file.Path == path));
    }

    private void TakeNode(string name)
    {
        if (name.EndsWith(".test.js", StringComparison.Ordinal)) _nodeFiles.Add(name);
        else _whole.Add(Node);
    }

    /// <summary>A page: the tests that name it. What nobody names may be typed, as all tutorials and how-tos are.</summary>
    private void TakePage(string path, string name)
    {
        string[] parts = path.Split('/');
        if (!AddReaders(file => file.Quotes(name)) && parts.Length > 2) AddReaders(file => IsTyping(file) && file.Quotes(parts[^2]));
    }

    /// <summary>Budgets, lists and golden files.</summary>
    private void TakeData(string path, string name)
    {
        if (AddReaders(file => file.Quotes(name))) return;
        AddReaders(file => path.StartsWith("tests/golden/", StringComparison.Ordinal) && file.Words.Contains("Golden"));
    }

    // Interop types documents and the launcher's commands. Others call databases and accounts by the same word.
    private static bool IsTyping(TestFile file) => file.Path.StartsWith("tests/Interop/", StringComparison.Ordinal);

    private bool AddReaders(Func<TestFile, bool> isReader)
    {
        bool isFound = false;
        foreach (var suite in suites.Where(suite => suite.Name != Node))
        {
            var found = FilesOf(suite.Name).Where(isReader).ToList();
            Of(_readers, suite.Name).UnionWith(found);
            isFound |= found.Count > 0;
        }
        return isFound;
    }

    private IReadOnlyList<TestFile> FilesOf(string suite) =>
        graph.Find(suite)?.References.Contains(Testing) == true ? [.. testsOf(suite), .. testsOf(Testing)] : testsOf(suite);

    private SuitePick? Pick(ISuite suite, IReadOnlySet<string> reached)
    {
        if (_whole.Contains(suite.Name)) return new SuitePick(suite.Name, null);
        if (suite.Name == Node) return _nodeFiles.Count > 0 ? new SuitePick(Node, [.. _nodeFiles.Order(StringComparer.Ordinal)]) : null;
        var all = FilesOf(suite.Name);
        var naming = TestFile.Naming(all, Of(_seeds, suite.Name))
            .Concat(Of(_readers, suite.Name).SelectMany(reader => TestFile.Naming(Near(reader, all), [reader]))).ToHashSet();
        if (naming.Any(file => file.IsFelt)) return new SuitePick(suite.Name, null);
        var own = testsOf(suite.Name).Where(file => naming.Contains(file) || IsBelow(file, reached));
        var classes = own.SelectMany(file => file.Classes).Distinct().Order(StringComparer.Ordinal).ToList();
        return classes.Count > 0 ? new SuitePick(suite.Name, classes) : null;
    }

    // Who reads a page helps the tests of his folder; who reads a budget in Testing, those of all folders.
    private static IReadOnlyList<TestFile> Near(TestFile reader, IReadOnlyList<TestFile> all) =>
        reader.Path.StartsWith($"tests/{Testing}/", StringComparison.Ordinal) ? all : [.. all.Where(file => file.Folder == reader.Folder)];

    // The program refers to everything: its own tests are the gate's, unless it is what changed.
    private bool IsBelow(TestFile file, IReadOnlySet<string> reached) => file.Path.Split('/') is ["tests", _, var folder, _, ..]
        && reached.Contains(folder) && (folder != Program || _projects.Contains(Program));
}
