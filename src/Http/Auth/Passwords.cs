using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Ringwright.Http;

/// <summary>Passwords of users: PBKDF2 with SHA-512; those that the program drew, and nobody chose, SHA-256.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<string> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    /// <summary>What nobody's password is compared with, so that an address that is not there takes as long.</summary>
    private static readonly Lazy<string> Nobodys = new(() => HashOf(Guid.NewGuid().ToString()));

    /// <summary>A comparison is meant to cost: not all processors are for those who only try.</summary>
    private static readonly SemaphoreSlim Turn = new(2);

    /// <summary>No Base64 text has a colon.</summary>
    private const string Drawn = "drawn:";

    /// <summary>What is stored of a password.</summary>
    public static string HashOf(string password) => Hasher.HashPassword("", password);

    /// <summary>
    /// What is stored of one that was drawn, of 120 bits or more, until its owner sets another: nobody guesses it, however fast he may
    /// compare. A slow hash would only make each new account dear.
    /// </summary>
    public static string HashOfDrawn(string password) =>
        Drawn + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    /// <param name="hash">Null when there is nobody of that name: the answer is no, and takes as long.</param>
    public static ValueTask<bool> FitsAsync(string? hash, string password, CancellationToken stop) =>
        FitsAsync(hash, password, static () => true, stop);

    /// <inheritdoc cref="FitsAsync(string?, string, CancellationToken)"/>
    /// <param name="isHeard">
    /// Asked when the comparison's turn has come, for many may wait for it: false answers no, and compares nothing.
    /// </param>
    public static async ValueTask<bool> FitsAsync(string? hash, string password, Func<bool> isHeard, CancellationToken stop)
    {
        await Turn.WaitAsync(stop);
        try
        {
            if (!isHeard()) return false;
            bool isDrawn = hash?.StartsWith(Drawn, StringComparison.Ordinal) ?? false;
            // The time of an answer tells neither who is there nor who has never changed his password.
            string slow = isDrawn ? Nobodys.Value : hash ?? Nobodys.Value;
            var verdict = await Task.Run(() => Hasher.VerifyHashedPassword("", slow, password), stop);
            if (isDrawn) return string.Equals(hash, HashOfDrawn(password), StringComparison.Ordinal);
            return hash is not null && verdict is not PasswordVerificationResult.Failed;
        }
        finally
        {
            Turn.Release();
        }
    }
}
