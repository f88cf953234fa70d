using Ringwright.Core;

namespace Ringwright.Pure.Core;

/// <summary>URLs in which user and password stand as they were made.</summary>
public sealed class CredentialUrlTests
{
    [Theory]
    [InlineData("smtp://anna@example.com:s3cret@smtp.example:587", "smtp://anna%40example.com:s3cret@smtp.example:587")]
    [InlineData("smtp://AKIA:BM/7k+a#b\\c@mail.example:465", "smtp://AKIA:BM%2F7k+a%23b%5Cc@mail.example:465")]
    [InlineData("postgres://me:p@ss@db.example/calls?options=a@b", "postgres://me:p%40ss@db.example/calls?options=a@b")]
    [InlineData("postgres://me:p%40ss@db.example/calls", "postgres://me:p%40ss@db.example/calls")]
    public void What_stands_before_the_last_at_is_user_and_password(string text, string encoded)
    {
        Assert.Equal(encoded, CredentialUrl.Encoded(text));
        Assert.EndsWith(".example", new Uri(encoded).Host, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://db.example/calls")]
    [InlineData("postgres:///calls?host=/run/postgresql")]
    [InlineData("postgres://db.example/calls?application_name=a@b")]
    [InlineData("postgres:Host=db;Password=p@ss")]
    [InlineData("smtp://@mail.example")]
    [InlineData("://@")]
    [InlineData("")]
    public void A_text_without_them_is_left_alone(string text) => Assert.Equal(text, CredentialUrl.Encoded(text));
}
