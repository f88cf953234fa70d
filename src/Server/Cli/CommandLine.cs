using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Ringwright.Server.Modules;
using Ringwright.Server.Roles;
using Ringwright.Store;

namespace Ringwright.Server.Cli;

/// <summary>The program's commands. What the environment or the typist got wrong is one line on stderr and exit code 2.</summary>
internal static class CommandLine
{
    private const int ExitInterrupted = 130; // what a shell reports after Ctrl-C

    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("demo", DemoCommand.Create),
        ("serve", ServeCommand.Create),
        ("wait", WaitCommand.Create),
        ("call", CallCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("recognise", RecogniseCommand.Create),
        ("contract", ContractCommand.Create),
        ("trunk", TrunkCommand.Create),
        ("trunks", TrunkCommand.CreatePlural),
        ("route", RouteCommand.Create),
        ("text-carrier", TextCarrierCommand.Create),
        ("numbers", NumbersCommand.Create),
        ("stock", StockCommand.Create),
        ("policy", PolicyCommand.Create),
        ("dnc", DoNotCallCommand.Create),
        ("registry", RegistryCommand.Create),
        ("consent", ConsentCommand.Create),
        ("campaign", CampaignCommand.Create),
        ("phone", PhoneCommand.Create),
        ("phones", PhoneCommand.CreatePlural),
        ("rooms", RoomsCommand.Create),
        ("queues", QueuesCommand.Create),
        ("calls", CallsCommand.Create),
        ("streams", StreamsCommand.Create),
        ("voicemail", VoicemailCommand.Create),
        ("tenant", TenantCommand.Create),
        ("account", AccountCommand.Create),
        ("bundle", BundleCommand.Create),
        ("key", KeyCommand.Create),
        ("access", AccessCommand.Create),
        ("address", AddressCommand.Create),
        ("snapshot", SnapshotCommand.Create),
        ("rates", RatesCommand.Create),
        ("balance", BalanceCommand.Create),
        ("events", EventsCommand.Create),
        ("warnings", WarningsCommand.Create),
        ("lab", LabCommand.Create),
        ("assistant", AssistantCommand.Create),
        ("agent", AgentCommand.Create),
        ("mcp", McpCommand.Create),
        ("completion", CompletionCommand.Create),
        (CompletionCommand.Asked, CompletionCommand.CreateAsked),
        (LabRole.CommandName, LabRoleCommand.Create),
        (MediaRole.CommandName, MediaRoleCommand.Create),
    ];

    /// <param name="first">
    /// The first word that was typed. Where it names a command the others are not made: a start is quicker for it.
    /// </param>
    public static RootCommand Create(string? first)
    {
        var root = new RootCommand("Ringwright: a phone company in one program.");
        bool isNamed = Commands.Any(command => command.Name == first);
        foreach (var (name, create) in Commands)
            if (!isNamed || name == first) root.Add(create());
        if (first is "serve" or "doctor" && root.Options.OfType<HelpOption>().FirstOrDefault() is { } help)
            help.Action = new ServeHelp(root.Subcommands.Single(), help.Action as SynchronousCommandLineAction);
        if (isNamed) return root;
        foreach (var kind in NodeModules.Documents) root.Add(DocumentCommand.Create(kind));
        return root;
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        arguments = Flagged(arguments);
        var parsed = Create(arguments.FirstOrDefault()).Parse(arguments);
        string? flag = TakenForMore(parsed);
        if ((parsed.Errors.Count > 0 || flag is not null) && parsed.Action is not HelpAction)
        {
            string? notThere = flag ?? parsed.UnmatchedTokens.FirstOrDefault();
            string what = notThere is not null ? NotThere(parsed, notThere) : OneLine(parsed.Errors[0].Message);
            await Console.Error.WriteLineAsync($"ringwright: {what} (ringwright {Words(parsed)}--help lists what there is)");
            return StartRefused.ExitCode;
        }
        // The first signal asks the command to end and to leave nothing behind, the second one ends the process.
        // serve has handlers beside these.
        using var asked = new CancellationTokenSource();
        bool isRole = parsed.CommandResult.Command.Name is LabRole.CommandName or MediaRole.CommandName;
        void OnSignal(PosixSignalContext signal)
        {
            // A terminal that is closed says so more than once.
            if (asked.IsCancellationRequested && signal.Signal is not PosixSignal.SIGHUP) return;
            signal.Cancel = true;
            // A terminal's Ctrl-C, and its end, reach the roles too, but they are needed until the node is done: they end with their input.
            if (!isRole || signal.Signal is PosixSignal.SIGTERM) asked.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        try
        {
            // Without the library's own handler: it would cut a drain short.
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, asked.Token);
        }
        catch (StartRefused refused)
        {
            await Console.Error.WriteLineAsync($"ringwright: {refused.Message}");
            return StartRefused.ExitCode;
        }
        catch (StoreUnavailableException away)
        {
            await Console.Error.WriteLineAsync(
                $"ringwright: the database does not answer; see whether it works, and try "
                + $"again{(away.InnerException is { } why ? $" ({why.Message})" : "")}");
            return StartRefused.ExitCode;
        }
        catch (HttpRequestException away)
        {
            await Console.Error.WriteLineAsync(
                $"ringwright: nobody answers there any more ({OneLine((away.InnerException ?? away).Message)}); see whether the node "
                + "still runs, and try again");
            return StartRefused.ExitCode;
        }
        catch (OperationCanceledException late) when (late.InnerException is TimeoutException)
        {
            await Console.Error.WriteLineAsync($"ringwright: {OneLine(late.Message)}");
            return StartRefused.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitInterrupted;
        }
        catch (Exception failed) when (!isRole && failed is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"ringwright: {OneLine(failed.Message)}");
            return StartRefused.ExitCode;
        }
    }

    /// <summary>As people type it who know other programs: <c>help serve</c>, <c>version</c>.</summary>
    private static string[] Flagged(string[] arguments) => arguments switch
    {
        ["help", .. var more] => [.. more, "--help"],
        ["version"] => ["--version"],
        _ => arguments,
    };

    /// <summary>
    /// A flag that there is not, and that the parser took for what the command is about, a name or a file: of "call show --jsn ID" it would
    /// say that there is no ID.
    /// </summary>
    private static string? TakenForMore(ParseResult parsed) => parsed.Tokens.Any(token => token.Type is TokenType.DoubleDash) ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal));

    private static string NotThere(ParseResult parsed, string typed)
    {
        string what = $"there is no '{typed}' here";
        // The first word was perhaps to name a command, and then all of them were made.
        return Nearest.Of(typed.Split('=')[0], parsed.CommandResult.Command) is { } near ? $"{what}; did you mean '{near}'?" : what;
    }

    /// <summary>The library lists what a flag may be on lines of their own.</summary>
    private static string OneLine(string message) =>
        string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private static string Words(ParseResult parsed)
    {
        string words = "";
        for (var result = parsed.CommandResult; result.Parent is CommandResult parent; result = parent)
            words = $"{result.Command.Name} {words}";
        return words;
    }
}
