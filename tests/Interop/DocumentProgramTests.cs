using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Documents played by the program: a real call each, on a node that it starts and takes away again.</summary>
public sealed class DocumentProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Write(string name, string verbs)
    {
        File.WriteAllText(_folder.File(name), $"<Response>\n{verbs}\n</Response>\n");
        return _folder.File(name);
    }

    private Task<(int Exit, string Text)> RunAsync(params string[] arguments) => RunByAsync("wall", arguments);

    /// <param name="clock">Of the node that it starts.</param>
    private async Task<(int Exit, string Text)> RunByAsync(string clock, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true
        };
        // Of its own, so that what is left behind is seen.
        Directory.CreateDirectory(_folder.File("tmp"));
        start.Environment["TMPDIR"] = _folder.File("tmp");
        start.Environment["RINGWRIGHT_CLOCK"] = clock;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    [Fact]
    public async Task A_menu_is_played_its_key_pressed_and_the_conversation_told()
    {
        Write("chosen.xml", "<Say loop=\"99\">You pressed {{Digits}}.</Say>");
        string file = Write("menu.xml", "<Gather numDigits=\"2\" action=\"chosen.xml\" timeout=\"20\"><Say>Press two keys.</Say></Gather>");
        var (exit, text) = await RunAsync("texml", "run", file, "--digits", "12");
        Assert.True(exit == 0, text);
        string[] inOrder =
        [
            "asked     POST menu.xml", "<Gather> (line 2, column 2)", "says \"Press two keys.\"", "heard     ", "caller    presses 12",
            "asked     POST chosen.xml  Digits=12", "warning   loop is a whole number", "says \"You pressed 12.\"", "ended     by ",
        ];
        int at = 0;
        foreach (string words in inOrder)
        {
            int found = text.IndexOf(words, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"{words} is not behind what came before in\n{text}");
            at = found;
        }
        Assert.Matches(@"heard     \d\.\d s at -\d+ dBFS", text);
        Assert.Empty(Directory.EnumerateDirectories(_folder.File("tmp"), "ringwright-*"));
    }

    [Fact, Depth("the gate plays a menu whose second document is there")]
    public async Task What_is_not_in_the_folder_is_shown_as_it_was_asked()
    {
        var (exit, text) = await RunAsync("texml", "run",
            Write("menu.xml", "<Gather numDigits=\"1\" action=\"/shop/order?a=b\" timeout=\"20\"/>"), "--digits", "7");
        Assert.True(exit == 0, text);
        Assert.Matches(@"asked +POST shop/order\?a=b +Digits=7.*no such document here", text);
    }

    [Fact, Depth("the gate presses keys; what is said on calls is heard in TexmlWordsTests")]
    public async Task What_a_caller_says_is_heard()
    {
        string file = Write("menu.xml", "<Gather input=\"speech\" action=\"chosen.xml\" timeout=\"20\"><Say>Say yes or no.</Say></Gather>");
        var (exit, text) = await RunAsync("texml", "run", file, "--say", "yes");
        Assert.True(exit == 0, text);
        Assert.Matches("caller    says \"yes\"", text);
        Assert.Matches("(?i)asked +POST chosen.xml .*SpeechResult=yes", text);
    }

    [Fact, Depth("HostileDocumentTests have documents that cannot be had; a menu is played in the gate")]
    public async Task One_that_cannot_be_had_is_a_failure()
    {
        File.WriteAllText(_folder.File("broken.xml"), "<Response><Say></Response>");
        var (exit, text) = await RunAsync("texml", "run", _folder.File("broken.xml"));
        Assert.True(exit == 1, text);
        Assert.Contains("warning ", text, StringComparison.Ordinal);
    }

    [Fact, Depth("HostileDocumentTests in the gate have documents that cannot be had")]
    public async Task One_that_never_listens_or_never_ends_is_a_failure()
    {
        var (exit, text) = await RunAsync("texml", "run", Write("deaf.xml", "<Say>Goodbye.</Say>"), "--digits", "1");
        Assert.True(exit == 1, text);
        Assert.Contains("was not asked for 1 more", text, StringComparison.Ordinal);

        (exit, text) = await RunAsync("texml", "run", Write("endless.xml", "<Pause length=\"180\"/>"), "--seconds", "4");
        Assert.True(exit == 1, text);
        Assert.Contains("hangs up after 4 s", text, StringComparison.Ordinal);
    }

    [Theory, Depth("README's demo is typed in the gate, and each API's calls are tested there")]
    [InlineData("voipbin"), InlineData("texml"), InlineData("telefonie")]
    public async Task The_demo_ends_the_same_whatever_commands_its_calls(string through)
    {
        await File.WriteAllTextAsync(_folder.File("contacts.csv"), """
            name,phone,appointment
            Anna,+15550071001,on Monday
            Bert,+15550072001,on Monday
            Cleo,+15550073001,on Monday
            Dora,+15550000001,on Monday
            Emil,+15550010001,on Monday
            Fred,+15550020001,on Monday
            Gina,+15550040001,on Monday
            Hans,+15550090003,on Monday
            """, TestContext.Current.CancellationToken);
        // A campaign is the node's own: by a clock that jumps a person who says hello is never late, however long this machine stands.
        string clock = through == "voipbin" ? "virtual" : "wall";
        var (exit, text) = await RunByAsync(clock, "demo", "--through", through, "--contacts", _folder.File("contacts.csv"));
        Assert.True(exit == 0, text);
        Assert.Contains("All 8 outcomes are what the people behind the numbers must give.", text, StringComparison.Ordinal);
        Assert.Matches(@"Webhooks +\d+ delivered, 0 failed; \d{2,4} signatures verified, 0 refused", text);
        Assert.Matches("confirmed +1", text);
    }

    [Fact, Depth("sixty calls by the wall clock; README's demo is typed in the gate")]
    public async Task Through_documents_the_demo_has_its_sixty_outcomes_too()
    {
        var (exit, text) = await RunAsync("demo", "--through", "texml");
        Assert.True(exit == 0, text);
        Assert.Contains("All 60 outcomes are what the people behind the numbers must give.", text, StringComparison.Ordinal);
        Assert.Matches(@"Webhooks +\d+ delivered, 0 failed; \d{2,4} signatures verified, 0 refused", text);
    }

    [Fact, Depth("README's demo is typed in the gate")]
    public Task The_usual_way_of_the_demo_has_a_name_too() => The_demo_ends_the_same_whatever_commands_its_calls("telnyx");

    [Fact, Depth("three days of an agency's calls, and the node that makes them")]
    public async Task The_agencys_demo_has_something_to_show_for_each_figure_and_a_sign_in_that_is_taken()
    {
        var (exit, text) = await RunAsync("demo", "--agency", "--days", "3");
        Assert.True(exit == 0, text);
        // Eight of each client, each working day; the sixth of January is a Tuesday.
        Assert.Contains("Tue 06 Jan 2026  24 calls", text, StringComparison.Ordinal);
        Assert.Contains("Thu 08 Jan 2026  24 calls", text, StringComparison.Ordinal);
        Assert.Contains("All 72 calls are in the figures", text, StringComparison.Ordinal);
        Assert.Matches("meetings_booked +[1-9]", text);
        foreach (string client in new[] { "Northside Dental", "Harbor Solar", "Lakeview Support" })
            Assert.Matches(client + @" +2026-01  [\d.]+ minutes, [\d.]+ USD", text);
        Assert.Contains("api/agency/v1/auth/login", text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
