using System.Diagnostics;
using System.Text;
using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Edge.Http;

/// <summary>A folder of documents, and who tries to read beside it.</summary>
public sealed class DocumentFolderTests : IDisposable
{
    private const string Text = "<Response><Say>Hello.</Say></Response>";

    private readonly TempFolder _place = new();
    private readonly DocumentFolder _folder;

    public DocumentFolderTests()
    {
        Directory.CreateDirectory(_place.File("documents/sub"));
        File.WriteAllText(_place.File("documents/menu.xml"), Text);
        File.WriteAllText(_place.File("documents/sub/deep menu.xml"), Text);
        File.WriteAllText(_place.File("documents/.hidden.xml"), Text);
        File.WriteAllText(_place.File("documents/notes.txt"), "secret");
        File.WriteAllText(_place.File("secret.xml"), Text);
        Directory.CreateDirectory(_place.File("documents2"));
        File.WriteAllText(_place.File("documents2/secret.xml"), Text);
        _folder = new(_place.File("documents"), TimeProvider.System);
    }

    private Task<string?> ReadAsync(string path) => ReadAsync(path, _folder);

    private Task<string?> ReadAsync(string path, TimeProvider clock) =>
        ReadAsync(path, new DocumentFolder(_place.File("documents"), clock));

    private static async Task<string?> ReadAsync(string path, DocumentFolder folder)
    {
        var found = await folder.ReadAsync(path, TestContext.Current.CancellationToken);
        return found.Problem is null ? Encoding.UTF8.GetString(found.Content.Span) : null;
    }

    [Theory, InlineData("menu.xml"), InlineData("sub/deep menu.xml")]
    public async Task Documents_below_it_are_read(string path) => Assert.Equal(Text, await ReadAsync(path));

    [Theory]
    [InlineData(""), InlineData("/"), InlineData("."), InlineData(".."), InlineData("../secret.xml"), InlineData("sub/../../secret.xml"),
        InlineData("sub/../menu.xml"), InlineData("../documents2/secret.xml"), InlineData("./menu.xml"), InlineData("//menu.xml"),
        InlineData("sub//deep menu.xml")]
    [InlineData("/etc/passwd"), InlineData("/etc/hosts.xml"), InlineData("%2e%2e/secret.xml"), InlineData("..%2fsecret.xml"),
        InlineData("..\\secret.xml"), InlineData("menu.xml\0.txt"), InlineData("menu.xml\0.xml"), InlineData("~/menu.xml")]
    [InlineData(".hidden.xml"), InlineData("notes.txt"), InlineData("notes.txt/.xml"), InlineData("sub"), InlineData("menu.XML"),
        InlineData("nothing.xml"), InlineData("menu.xml/menu.xml")]
    public async Task Nothing_else_is(string path) => Assert.Null(await ReadAsync(path));

    [Fact]
    public async Task A_link_is_followed_within_the_folder_and_never_out_of_it()
    {
        File.CreateSymbolicLink(_place.File("documents/again.xml"), "menu.xml");
        File.CreateSymbolicLink(_place.File("documents/out.xml"), _place.File("secret.xml"));
        File.CreateSymbolicLink(_place.File("documents/beside.xml"), "../documents2/secret.xml");
        Directory.CreateSymbolicLink(_place.File("documents/up"), _place.Path);
        File.CreateSymbolicLink(_place.File("documents/circle.xml"), "circle.xml");
        Assert.Equal(Text, await ReadAsync("again.xml"));
        foreach (string path in new[] { "out.xml", "beside.xml", "up/secret.xml", "up/documents2/secret.xml", "circle.xml" })
            Assert.Null(await ReadAsync(path));
        // The way in may be a link itself.
        Directory.CreateSymbolicLink(_place.File("way in"), _place.File("documents"));
        var linked = new DocumentFolder(_place.File("way in"), TimeProvider.System);
        Assert.Null((await linked.ReadAsync("menu.xml", TestContext.Current.CancellationToken)).Problem);
        Assert.NotNull((await linked.ReadAsync("out.xml", TestContext.Current.CancellationToken)).Problem);
    }

    [Fact]
    public async Task What_was_saved_last_is_read()
    {
        await File.WriteAllTextAsync(_place.File("documents/menu.xml"), "<Response/>", TestContext.Current.CancellationToken);
        Assert.Equal("<Response/>", await ReadAsync("menu.xml"));
    }

    [Fact]
    public async Task A_file_that_is_just_being_written_is_waited_for()
    {
        string file = _place.File("documents/menu.xml");
        await File.WriteAllTextAsync(file, Text[..20], TestContext.Current.CancellationToken);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        File.SetLastWriteTimeUtc(file, clock.GetUtcNow().UtcDateTime);
        var reading = ReadAsync("menu.xml", clock);
        for (int i = 0; i < 3; i++) await RestAsync(reading, clock);
        Assert.False(reading.IsCompleted);
        await File.AppendAllTextAsync(file, Text[20..], TestContext.Current.CancellationToken);
        await RestAsync(reading, clock);
        Assert.Equal(Text, await reading);
    }

    [Fact]
    public async Task One_that_stays_half_is_given_as_it_is()
    {
        string file = _place.File("documents/menu.xml");
        await File.WriteAllTextAsync(file, Text[..20], TestContext.Current.CancellationToken);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var began = clock.GetUtcNow();
        File.SetLastWriteTimeUtc(file, began.UtcDateTime);
        var reading = ReadAsync("menu.xml", clock);
        while (!reading.IsCompleted) await RestAsync(reading, clock);
        Assert.Equal(Text[..20], await reading);
        Assert.InRange((clock.GetUtcNow() - began).TotalSeconds, 0.5, 0.6);
    }

    /// <summary>One rest between two readings passes.</summary>
    private static async Task RestAsync(Task reading, FakeTimeProvider clock)
    {
        await Eventually.TrueAsync(() => clock.TimerCount == 1 || reading.IsCompleted, "it rests");
        if (clock.TimerCount == 1) clock.Advance(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_large_file_an_empty_one_and_a_pipe_are_none()
    {
        await File.WriteAllBytesAsync(_place.File("documents/large.xml"), new byte[10 * 1024 * 1024],
            TestContext.Current.CancellationToken);
        Assert.Equal(FolderDocument.TooLarge, await _folder.ReadAsync("large.xml", TestContext.Current.CancellationToken));
        await File.WriteAllBytesAsync(_place.File("documents/empty.xml"), [], TestContext.Current.CancellationToken);
        Assert.Null(await ReadAsync("empty.xml"));
        using (var made = Process.Start("mkfifo", _place.File("documents/pipe.xml"))!)
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(_place.File("documents/to pipe.xml"), "pipe.xml");
        Assert.Null(await ReadAsync("pipe.xml").WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Null(await ReadAsync("to pipe.xml").WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_folder_may_go_and_come_back()
    {
        Directory.Move(_place.File("documents"), _place.File("elsewhere"));
        Assert.Null(await ReadAsync("menu.xml"));
        Directory.Move(_place.File("elsewhere"), _place.File("documents"));
        Assert.Equal(Text, await ReadAsync("menu.xml"));
    }

    public void Dispose() => _place.Dispose();
}
