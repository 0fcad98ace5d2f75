for (int i = 0; i < 4; i++)
    leaf(i); // site: from_elsewhere -> leaf direct 4/1 exact
