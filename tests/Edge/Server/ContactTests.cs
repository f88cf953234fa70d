using Ringwright.Server.Demo;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class ContactTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IReadOnlyList<Contact> Read(string text)
    {
        string file = _folder.File("contacts.csv");
        File.WriteAllText(file, text);
        return Contact.Read(file);
    }

    [Fact]
    public void Columns_are_found_by_name_and_quotes_within_a_name_do_no_harm()
    {
        var contacts = Read("Phone,Name,Appointment\n+15550071001,Zoë \"Z\" Ö,\"Mon, 5 May\"\n");
        Assert.Equal(("+15550071001", "Zoë \"Z\" Ö", "Mon, 5 May"), (contacts[0].Phone, contacts[0].Name, contacts[0].Appointment));
    }

    [Theory]
    [InlineData("", "no contacts")]
    [InlineData("name,phone,appointment\n", "no contacts")]
    [InlineData("phone,name\n+15550071001,Ann\n", "first line must name the columns")]
    [InlineData("name,phone,appointment\nAnn,+15550071001,nine\nBob,+15550071002\n", "line 3: a contact needs")]
    [InlineData("name,phone,appointment\nAnn,123,nine\n", "line 2: '123' is not a number")]
    public void What_is_wrong_with_the_file_is_one_sentence_in_our_own_words(string text, string says)
    {
        string sentence = Assert.Throws<DemoException>(() => Read(text)).Message;
        Assert.Contains(says, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("null", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence);
    }
}
