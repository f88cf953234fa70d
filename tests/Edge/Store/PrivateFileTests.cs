using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Keys and notes of a data folder.</summary>
public sealed class PrivateFileTests
{
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void One_is_its_owners_alone_whatever_stood_there()
    {
        using var folder = new TempFolder();
        string path = folder.File("note");
        foreach (string left in (string[])[path, path + ".part"])
        {
            File.WriteAllText(left, "what an earlier process left");
            File.SetUnixFileMode(left, Owners | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        PrivateFile.Replace((path, "new"u8.ToArray()));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(Owners, File.GetUnixFileMode(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(folder.Path)));
    }

    [Fact]
    public void Of_several_all_stay_as_they_were_where_one_cannot_be_written()
    {
        using var folder = new TempFolder();
        string first = folder.File("first"), second = folder.File("second");
        PrivateFile.Replace((first, "1"u8.ToArray()), (second, "2"u8.ToArray()));
        Directory.CreateDirectory(second + ".part");
        Assert.ThrowsAny<Exception>(() => PrivateFile.Replace((first, "3"u8.ToArray()), (second, "4"u8.ToArray())));
        Assert.Equal(("1", "2"), (File.ReadAllText(first), File.ReadAllText(second)));
        Assert.False(File.Exists(first + ".part"));
    }

    /// <summary>Half a key is taken for a damaged one, and nothing opens any more.</summary>
    [Fact]
    public void A_key_is_put_in_place_whole()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("key.part"));
        Assert.Throws<StoreException>(() => SecretBox.Open(folder.Path, mayCreate: true));
        Assert.False(File.Exists(folder.File("key")));
        Directory.Delete(folder.File("key.part"));
        string sealedText = SecretBox.Open(folder.Path, mayCreate: true).Seal("secret"u8, "test");
        Assert.Equal("secret"u8.ToArray(), SecretBox.Open(folder.Path, mayCreate: false).Unseal(sealedText, "test"));
        Assert.Equal(Owners, File.GetUnixFileMode(folder.File("key")));
    }
}
